using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Glue.ObjectStore.Access;
using Glue.ObjectStore.Http;
using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Objects;

/// <summary>The headers an object was put with and is answered with: the content headers and the user's metadata.</summary>
internal sealed partial class ObjectHeaders
{
    private const string UserPrefix = "x-amz-meta-";
    private const int MaxUserBytes = 2048;
    private const string DefaultContentType = "binary/octet-stream";

    private static readonly string[] ContentHeaders =
        ["Content-Type", "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Expires"];

    /// <summary>Headers whose promise this store cannot keep. Ignoring them would lie about encryption, locks or access.</summary>
    private static readonly string[] Refused =
    [
        "x-amz-server-side-encryption", "x-amz-server-side-encryption-customer-algorithm", "x-amz-object-lock-mode",
        "x-amz-object-lock-retain-until-date", "x-amz-object-lock-legal-hold", "x-amz-website-redirect-location",
    ];

    private readonly Dictionary<string, string> _headers;

    private ObjectHeaders(Dictionary<string, string> headers) => _headers = headers;

    /// <summary>Of a delete marker.</summary>
    public static ObjectHeaders None { get; } = new([]);

    /// <exception cref="S3Exception">MetadataTooLarge; InvalidArgument: a name that no header can have; NotImplemented for headers that ask for what this store has not.</exception>
    public static ObjectHeaders Read(IHeaderDictionary request)
    {
        CheckRefused(request);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in ContentHeaders)
        {
            if (request.Text(name) is { } value)
            {
                headers[name] = Ascii(value);
            }
        }

        StripAwsChunked(headers);
        headers.TryAdd("Content-Type", DefaultContentType);
        var userBytes = 0;
        foreach (var (name, value) in request)
        {
            if (IsUsers(name))
            {
                CheckName(name);
                var text = value.ToString();
                userBytes += name.Length - UserPrefix.Length + Encoding.UTF8.GetByteCount(text);
                headers[name.ToLowerInvariant()] = Ascii(text);
            }
        }

        return userBytes <= MaxUserBytes ? new ObjectHeaders(headers) : throw new S3Exception(S3Error.MetadataTooLarge)
        {
            Details = [("Size", userBytes.ToString()), ("MaxSizeAllowed", MaxUserBytes.ToString())],
        };
    }

    /// <summary>The user's metadata alone; null: there is none.</summary>
    public IReadOnlyDictionary<string, string>? UserMetadata => _headers.Keys.Any(IsUsers)
        ? _headers.Where(static header => IsUsers(header.Key)).ToDictionary(StringComparer.OrdinalIgnoreCase)
        : null;

    public static ObjectHeaders Parse(string json) => new(JsonSerializer.Deserialize(json, Json.Default.DictionaryStringString)!);

    public override string ToString() => JsonSerializer.Serialize(_headers, Json.Default.DictionaryStringString);

    /// <summary>Objects put before names were checked may have some that no answer can: those are left out.</summary>
    public void Send(IHeaderDictionary into)
    {
        foreach (var (name, value) in _headers)
        {
            if (HeaderText.IsName(name))
            {
                into[name] = value;
            }
        }
    }

    private static bool IsUsers(string name) => name.StartsWith(UserPrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>The server reads names that it would not send, and a form's fields have any.</summary>
    private static void CheckName(string name)
    {
        if (!HeaderText.IsName(name))
        {
            throw new S3Exception(S3Error.InvalidArgument, "Names of user metadata are names of HTTP headers: letters, digits and !#$%&'*+-.^_`|~") { Details = [("ArgumentName", name)] };
        }
    }

    private static void CheckRefused(IHeaderDictionary request)
    {
        foreach (var name in Refused)
        {
            if (request.Text(name) is not null)
            {
                throw new S3Exception(S3Error.NotImplemented, $"The header {name} asks for something this store does not do.")
                {
                    Details = [("Header", name)],
                };
            }
        }

        AccessControlLists.CheckHeaders(request);
    }

    /// <summary>aws-chunked is the framing of the request, not an encoding of the object.</summary>
    private static void StripAwsChunked(Dictionary<string, string> headers)
    {
        if (!headers.TryGetValue("Content-Encoding", out var encoding))
        {
            return;
        }

        var kept = string.Join(',', encoding.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(static part => !part.Equals("aws-chunked", StringComparison.OrdinalIgnoreCase)));
        if (kept.Length > 0)
        {
            headers["Content-Encoding"] = kept;
        }
        else
        {
            headers.Remove("Content-Encoding");
        }
    }

    /// <summary>HTTP headers carry ASCII: what is not goes out as RFC 2047 words, as S3 does it.</summary>
    private static string Ascii(string value) =>
        Ascii7(value) ? value : $"=?UTF-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes(value))}?=";

    private static bool Ascii7(string value) => !value.AsSpan().ContainsAnyExceptInRange(' ', '~');

    [JsonSerializable(typeof(Dictionary<string, string>))]
    private sealed partial class Json : JsonSerializerContext;
}
