using System.Globalization;
using System.Text.Json;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Forms;

/// <summary>What a form may upload, as whoever signed it decided (S3 API Reference, "POST Policy", read 2026-11).</summary>
internal sealed class FormPolicy
{
    private static readonly S3Error Invalid = new("InvalidPolicyDocument", 400, "Invalid Policy: Invalid JSON.");

    /// <summary>Fields no condition has to name.</summary>
    private static readonly string[] Free = ["policy", "signature", "x-amz-signature", "AWSAccessKeyId", "file"];

    private readonly List<(bool IsPrefix, string Field, string Value)> _conditions = [];

    /// <summary>Bytes the file may have; null: any number.</summary>
    public (long Least, long Most)? Length { get; private set; }

    /// <param name="base64">As it was signed.</param>
    /// <param name="now">It must not have expired.</param>
    /// <exception cref="S3Exception">InvalidPolicyDocument, AccessDenied.</exception>
    public static FormPolicy Parse(string base64, DateTimeOffset now)
    {
        try
        {
            using var document = JsonDocument.Parse(Convert.FromBase64String(base64));
            if (!DateTimeOffset.TryParse(
                    document.RootElement.GetProperty("expiration").GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expiration))
            {
                throw new S3Exception(Invalid, "Invalid Policy: Invalid 'expiration' value.");
            }

            if (expiration <= now)
            {
                throw new S3Exception(S3Error.AccessDenied, "Invalid according to Policy: Policy expired.");
            }

            var policy = new FormPolicy();
            foreach (var condition in document.RootElement.GetProperty("conditions").EnumerateArray())
            {
                policy.Add(condition);
            }

            return policy;
        }
        catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            throw new S3Exception(Invalid, inner: e);
        }
    }

    /// <exception cref="S3Exception">AccessDenied: a condition does not hold, or a field is named by none.</exception>
    public void CheckFields(string bucket, FormFields form)
    {
        foreach (var (isPrefix, field, expected) in _conditions)
        {
            var value = field.Equals("bucket", StringComparison.OrdinalIgnoreCase) ? bucket : form[field] ?? "";
            if (isPrefix ? !value.StartsWith(expected, StringComparison.Ordinal) : value != expected)
            {
                throw Refused($"Policy Condition failed: [\"{(isPrefix ? "starts-with" : "eq")}\", \"${field}\", \"{expected}\"]");
            }
        }

        if (form.Names.FirstOrDefault(name =>
            !Free.Contains(name, StringComparer.OrdinalIgnoreCase)
            && !name.StartsWith("x-ignore-", StringComparison.OrdinalIgnoreCase)
            && !_conditions.Exists(condition => condition.Field.Equals(name, StringComparison.OrdinalIgnoreCase))) is { } extra)
        {
            throw Refused($"Extra input fields: {extra}");
        }
    }

    private void Add(JsonElement condition)
    {
        if (condition.ValueKind == JsonValueKind.Object)
        {
            foreach (var exact in condition.EnumerateObject())
            {
                _conditions.Add((false, exact.Name, exact.Value.GetString() ?? throw new S3Exception(Invalid)));
            }

            return;
        }

        var parts = condition.EnumerateArray().ToList();
        var name = parts.Count == 3 ? parts[0].GetString()?.ToLowerInvariant() : null;
        switch (name)
        {
            case "content-length-range":
                Length = (Number(parts[1]), Number(parts[2]));
                break;
            case "eq" or "starts-with" when parts[1].GetString() is ['$', .. var field]:
                _conditions.Add((name == "starts-with", field, parts[2].GetString() ?? ""));
                break;
            default:
                throw new S3Exception(Invalid, $"Invalid Policy: Invalid condition {condition}");
        }
    }

    private static long Number(JsonElement element) =>
        element.ValueKind == JsonValueKind.String ? long.Parse(element.GetString()!, NumberStyles.None, CultureInfo.InvariantCulture) : element.GetInt64();

    private static S3Exception Refused(string why) => new(S3Error.AccessDenied, "Invalid according to Policy: " + why);
}
