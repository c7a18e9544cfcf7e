using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Workers.Pool;
using Glue.Workers.Runtimes;
using Glue.Workers.Sandboxes;

namespace Glue.Workers;

/// <summary>Runs invocations in sandboxes on this machine.</summary>
public sealed class Worker : IAsyncDisposable
{
    private readonly SandboxPool _pool;
    private readonly ISandboxDriver _driver;
    private readonly WorkersOptions _options;
    private int _isDisposed;

    internal Worker(SandboxPool pool, ISandboxDriver driver, WorkersOptions options)
    {
        _pool = pool;
        _driver = driver;
        _options = options;
    }

    public string Id => _options.Id;

    public WorkerStatus Status => _pool.Status;

    /// <summary>What the driver in use can do here, for <c>glue doctor</c>.</summary>
    public SandboxSupport Support => _driver.Support;

    /// <summary>The runtimes its sandboxes have.</summary>
    public RuntimeCatalog Runtimes => _driver.Runtimes;

    /// <summary>
    /// Runs one attempt. Never throws for what a function does: that is the outcome. The outcome's continuation may run on the
    /// sandbox's reading thread: do not block in it.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller gave up: while waiting for a sandbox, or in the middle of the run, which ended with its sandbox.</exception>
    public Task<InvokeOutcome> InvokeAsync(FunctionVersion version, InvokeRequest request, CancellationToken cancellationToken) =>
        _pool.InvokeAsync(version, request, cancellationToken);

    /// <summary>A version was deployed or changed: gets ready for its first call (a snapshot, where the driver has them). Returns at once.</summary>
    public void Prepare(FunctionVersion version) => _pool.Prepare(version);

    /// <summary>
    /// Keeps so many sandboxes of these versions initialised, and of no others (provisioned concurrency): they are replaced when they end, and never
    /// given up for idleness. Returns at once; <see cref="ProvisionedOf"/> tells how far it is.
    /// </summary>
    public void Provision(IReadOnlyCollection<ProvisionedVersion> wanted) => _pool.Provision(wanted);

    /// <summary>What there is of a version's provisioned sandboxes now.</summary>
    public ProvisionedState ProvisionedOf(FunctionVersion version) => _pool.ProvisionedOf(version);

    /// <summary>Code or configuration changed, or the version is gone: gives up its sandboxes, busy ones when they are done.</summary>
    /// <param name="functionArn">A version's; without version or alias: of all versions of the function.</param>
    /// <param name="cancellationToken">Stops waiting for the idle ones to be gone.</param>
    public Task RetireAsync(string functionArn, CancellationToken cancellationToken) => _pool.RetireAsync(functionArn, cancellationToken);

    /// <summary>Takes no more, lets running invocations finish within <see cref="WorkersOptions.DrainTimeout"/>, ends every sandbox.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _pool.DisposeAsync();
        await _driver.DisposeAsync();
    }
}
