using Glue.Workers.Logs;
using Microsoft.Extensions.Logging;

namespace Glue.Workers.Sandboxes;

/// <summary>What all sandboxes of a worker share.</summary>
internal sealed record SandboxContext(
    ISandboxDriver Driver, IStorageGateway Gateway, SessionKeys Keys, IFunctionLogs Logs, WorkersOptions Options, WorkersMetrics Metrics, TimeProvider Time, ILogger Logger);
