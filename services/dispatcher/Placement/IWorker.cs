using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;

namespace Glue.Dispatcher.Placement;

/// <summary>One machine's (or this process's) room for sandboxes, as the dispatcher uses it.</summary>
public interface IWorker
{
    string Id { get; }

    /// <summary>The latest report; reading it costs nothing.</summary>
    WorkerStatus Status { get; }

    /// <summary>
    /// Runs one attempt and waits for its end. What the function does wrong is an outcome; so is "could not run" (<see cref="InvokeStatus.NotRun"/>).
    /// An exception means the same as <see cref="InvokeStatus.NotRun"/>, by a defect. Cancelled, it ends the attempt soon, wherever it is: the
    /// invocation is about to be given to somebody else.
    /// </summary>
    Task<InvokeOutcome> InvokeAsync(FunctionVersion version, InvokeRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// A version was deployed: a worker may get ready for its first invocation (make its snapshot, say). Returns at once; a worker
    /// with nothing to prepare does nothing.
    /// </summary>
    void Prepare(FunctionVersion version)
    {
    }

    /// <summary>
    /// Keeps so many sandboxes of these versions initialised, and of no others: all that is provisioned on this worker, each time anew.
    /// Returns at once.
    /// </summary>
    void Provision(IReadOnlyCollection<ProvisionedVersion> wanted);

    /// <summary>What there is of a version's provisioned sandboxes now.</summary>
    ProvisionedState ProvisionedOf(FunctionVersion version);

    /// <summary>
    /// A version was changed or deleted: no sandbox made before this call takes another invocation. Returns once that holds;
    /// what runs finishes by itself.
    /// </summary>
    /// <param name="functionArn">A version's; without qualifier: all versions of the function.</param>
    /// <param name="cancellationToken">Stops waiting, not the retirement.</param>
    Task RetireAsync(string functionArn, CancellationToken cancellationToken);
}
