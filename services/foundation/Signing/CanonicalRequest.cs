using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Glue.Foundation.Signing;

/// <summary>Writes the pieces of Signature Version 4's canonical request, in the order the caller asks for them.</summary>
internal static class CanonicalRequest
{
    /// <summary>Method, path and query, each on its line.</summary>
    /// <param name="into">Where to.</param>
    /// <param name="method">Upper case.</param>
    /// <param name="rawPath">The path as it is on the wire.</param>
    /// <param name="rawQuery">The query as it is on the wire, without <c>?</c>.</param>
    /// <param name="isObjectPath">
    /// S3: the path is an object key, encoded once and never normalised ("a//b" and ".." are keys of their own). All other
    /// services: normalised, and what is on the wire is encoded a second time.
    /// </param>
    public static void AppendTarget(Utf8Buffer into, string method, ReadOnlySpan<char> rawPath, ReadOnlySpan<char> rawQuery, bool isObjectPath)
    {
        into.Append(method);
        into.Append((byte)'\n');
        if (rawPath.IsEmpty)
        {
            into.Append((byte)'/');
        }
        else if (isObjectPath)
        {
            using var decoded = Utf8Buffer.Rent();
            UriCanonicalisation.AppendDecoded(decoded, rawPath, plusIsSpace: false);
            UriCanonicalisation.AppendEncoded(into, decoded.Written, keepSlash: true);
        }
        else
        {
            AppendServicePath(into, rawPath);
        }

        into.Append((byte)'\n');
        AppendQuery(into, rawQuery);
        into.Append((byte)'\n');
    }

    /// <summary>One header line: name as given, value trimmed and its inner runs of blanks made one.</summary>
    public static void AppendHeader(Utf8Buffer into, ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        into.Append(name);
        into.Append((byte)':');
        AppendHeaderValue(into, value);
        into.Append((byte)'\n');
    }

    public static void AppendHeaderValue(Utf8Buffer into, ReadOnlySpan<char> value)
    {
        value = value.Trim(' ');
        for (var blanks = value.IndexOf("  "); blanks >= 0; blanks = value.IndexOf("  "))
        {
            into.Append(value[..(blanks + 1)]);
            value = value[blanks..].TrimStart(' ');
        }

        into.Append(value);
    }

    private static void AppendServicePath(Utf8Buffer into, ReadOnlySpan<char> rawPath)
    {
        using var path = Utf8Buffer.Rent();
        if (rawPath.Contains("//", StringComparison.Ordinal) || rawPath.Contains("/.", StringComparison.Ordinal))
        {
            path.Append(Normalised(rawPath));
        }
        else
        {
            path.Append(rawPath);
        }

        UriCanonicalisation.AppendEncoded(into, path.Written, keepSlash: true);
    }

    private static string Normalised(ReadOnlySpan<char> rawPath)
    {
        var kept = new List<string>();
        foreach (var range in rawPath.Split('/'))
        {
            switch (rawPath[range])
            {
                case "" or ".":
                    break;
                case "..":
                    if (kept.Count > 0)
                    {
                        kept.RemoveAt(kept.Count - 1);
                    }

                    break;
                default:
                    kept.Add(rawPath[range].ToString());
                    break;
            }
        }

        var path = new StringBuilder("/").AppendJoin('/', kept);
        return (path.Length > 1 && rawPath[^1] == '/' ? path.Append('/') : path).ToString();
    }

    private static void AppendQuery(Utf8Buffer into, ReadOnlySpan<char> rawQuery)
    {
        if (rawQuery.IsEmpty)
        {
            return;
        }

        using var encoded = Utf8Buffer.Rent();
        var pairs = ArrayPool<Pair>.Shared.Rent(rawQuery.Count('&') + 1);
        try
        {
            var count = 0;
            foreach (var range in rawQuery.Split('&'))
            {
                var pair = rawQuery[range];
                if (pair.IsEmpty || pair.StartsWith("X-Amz-Signature=", StringComparison.Ordinal))
                {
                    continue;
                }

                var equals = pair.IndexOf('=');
                var start = encoded.Length;
                AppendQueryPart(encoded, equals < 0 ? pair : pair[..equals]);
                var nameEnd = encoded.Length;
                AppendQueryPart(encoded, equals < 0 ? default : pair[(equals + 1)..]);
                pairs[count++] = new Pair(start, nameEnd, encoded.Length);
            }

            MemoryExtensions.Sort(pairs.AsSpan(0, count), new ByNameThenValue(encoded));
            for (var i = 0; i < count; i++)
            {
                if (i > 0)
                {
                    into.Append((byte)'&');
                }

                into.Append(encoded.Written[pairs[i].Start..pairs[i].NameEnd]);
                into.Append((byte)'=');
                into.Append(encoded.Written[pairs[i].NameEnd..pairs[i].End]);
            }
        }
        finally
        {
            ArrayPool<Pair>.Shared.Return(pairs);
        }
    }

    private static void AppendQueryPart(Utf8Buffer into, ReadOnlySpan<char> raw)
    {
        using var decoded = Utf8Buffer.Rent();
        UriCanonicalisation.AppendDecoded(decoded, raw, plusIsSpace: true);
        UriCanonicalisation.AppendEncoded(into, decoded.Written, keepSlash: false);
    }

    /// <summary>One encoded <c>name value</c> in the scratch buffer, by positions.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Pair(int Start, int NameEnd, int End);

    // Not the order of "name=value" texts: '=' sorts after '-' and the digits.
    private readonly struct ByNameThenValue(Utf8Buffer encoded) : IComparer<Pair>
    {
        public int Compare(Pair x, Pair y)
        {
            var bytes = encoded.Written;
            var byName = bytes[x.Start..x.NameEnd].SequenceCompareTo(bytes[y.Start..y.NameEnd]);
            return byName != 0 ? byName : bytes[x.NameEnd..x.End].SequenceCompareTo(bytes[y.NameEnd..y.End]);
        }
    }
}
