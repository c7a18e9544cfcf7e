using System.Buffers;
using System.Runtime.InteropServices;

namespace Glue.Dispatcher.Functions;

/// <summary>
/// A function as callers name it: bare name, partial ARN (<c>ACCOUNT:function:NAME</c>) or full ARN, each with an optional
/// <c>:QUALIFIER</c> (Lambda API Reference, FunctionName, read 2026-11).
/// </summary>
/// <param name="Region">Null when not named.</param>
/// <param name="AccountId">Null when not named: the caller's own.</param>
/// <param name="Name">The bare name.</param>
/// <param name="Qualifier">Null when not named.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FunctionReference(string? Region, string? AccountId, string Name, string? Qualifier)
{
    public const string Latest = "$LATEST";

    /// <summary>AWS's pattern, shown in its validation message.</summary>
    public const string Pattern =
        @"(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?";

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

    public static bool IsName(ReadOnlySpan<char> text) => text.Length is >= 1 and <= 64 && !text.ContainsAnyExcept(NameCharacters);

    public static bool IsAccount(ReadOnlySpan<char> text) => text.Length == 12 && !text.ContainsAnyExceptInRange('0', '9');

    /// <returns>False: it does not match <see cref="Pattern"/>.</returns>
    public static bool TryParse(string text, out FunctionReference reference)
    {
        if (IsName(text))
        {
            reference = new FunctionReference(null, null, text, null); // nearly always
            return true;
        }

        reference = default;
        var rest = text.AsSpan();
        string? region = null, account = null;
        if (rest.StartsWith("arn:", StringComparison.Ordinal))
        {
            var parts = text.Split(':');
            if (parts.Length is < 7 or > 8 || !parts[1].StartsWith("aws", StringComparison.Ordinal) || parts[2] != "lambda" || parts[5] != "function")
            {
                return false;
            }

            (region, account) = (parts[3], parts[4]);
            rest = rest[(parts[0].Length + parts[1].Length + parts[2].Length + parts[3].Length + parts[4].Length + parts[5].Length + 6)..];
        }
        else if (rest.Length > 22 && rest[12..].StartsWith(":function:", StringComparison.Ordinal))
        {
            account = text[..12];
            rest = rest[22..];
        }
        else if (rest.StartsWith("function:", StringComparison.Ordinal))
        {
            rest = rest[9..];
        }

        var colon = rest.IndexOf(':');
        var name = colon < 0 ? rest : rest[..colon];
        var qualifier = colon < 0 ? null : rest[(colon + 1)..].ToString();
        if (!IsName(name) || (account is not null && !IsAccount(account)) || (qualifier is not null && !IsQualifier(qualifier)))
        {
            return false;
        }

        reference = new FunctionReference(region, account, name.ToString(), qualifier);
        return true;
    }

    public static bool IsQualifier(ReadOnlySpan<char> text) =>
        text is Latest || (text.Length is >= 1 and <= 128 && !text.ContainsAnyExcept(NameCharacters));
}
