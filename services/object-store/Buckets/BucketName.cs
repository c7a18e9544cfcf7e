using System.Net;
using System.Text.RegularExpressions;

namespace Glue.ObjectStore.Buckets;

/// <summary>S3's naming rules (S3 User Guide, "General purpose bucket naming rules", read 2026-11).</summary>
internal static partial class BucketName
{
    public const string Rules =
        "A bucket name has 3 to 63 lower-case letters, digits, dots and hyphens, starts and ends with a letter or digit, and is no IP address.";

    public static bool IsValid(string name) =>
        Form().IsMatch(name)
        && !name.Contains("..", StringComparison.Ordinal)
        && !(IPAddress.TryParse(name, out _) && name.Count(static c => c == '.') == 3)
        && !name.StartsWith("xn--", StringComparison.Ordinal)
        && !name.StartsWith("sthree-", StringComparison.Ordinal)
        && !name.EndsWith("-s3alias", StringComparison.Ordinal)
        && !name.EndsWith("--ol-s3", StringComparison.Ordinal);

    [GeneratedRegex(@"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();
}
