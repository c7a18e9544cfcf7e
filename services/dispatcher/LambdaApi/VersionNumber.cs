using System.Globalization;
using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Versions in their order: <c>$LATEST</c>, then by number.</summary>
internal static class VersionNumber
{
    public static int Of(VersionState version) => Of(version.Version);

    /// <returns>0 for <c>$LATEST</c> and for what is no number.</returns>
    public static int Of(string version) => int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
