using Glue.Contracts.Functions;

namespace Glue.Workers.Sandboxes;

/// <summary>How long a runtime and its extensions may take before they wait for their first event.</summary>
/// <remarks>
/// Lambda ends an init after 10 s and begins it anew within the invocation that waits for it, which then has the function's own timeout; for provisioned
/// concurrency and snapshots the limit is 130 s or that timeout, whichever is longer (Developer Guide, "Understanding the Lambda execution environment
/// lifecycle", read 2026-11). Here an init goes on where Lambda's would begin again: nothing is run twice, and nothing that succeeds there fails here.
/// </remarks>
internal static class InitLimit
{
    private static readonly TimeSpan WithoutCaller = TimeSpan.FromSeconds(130);

    public static TimeSpan Of(FunctionVersion version, SandboxPurpose purpose, WorkersOptions options) =>
        new(Math.Max(Math.Max(options.InitTimeout.Ticks, version.Timeout.Ticks), purpose == SandboxPurpose.OnDemand ? 0 : WithoutCaller.Ticks));
}
