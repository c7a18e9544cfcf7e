namespace Glue.Functions.Runtime;

/// <summary>The application part of <see cref="IClientContext"/>; what the client left out is null.</summary>
public interface IClientApplication
{
    string? AppPackageName { get; }

    string? AppTitle { get; }

    string? AppVersionCode { get; }

    string? AppVersionName { get; }

    string? InstallationId { get; }
}
