using Glue.Contracts.Invocations;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>What a synchronous invocation came to.</summary>
/// <param name="Outcome">Not <see cref="InvokeStatus.NotRun"/>.</param>
/// <param name="RepeatOf">The request whose kept outcome this is; null: it was run.</param>
internal sealed record SyncOutcome(InvokeOutcome Outcome, string? RepeatOf);

/// <summary>A synchronous invocation whose answer may come as a stream.</summary>
/// <param name="Body">The answer, read and disposed by whoever gets this; null: it comes with the outcome, which is there or has failed.</param>
/// <param name="Running">Ends when the function has answered. To be awaited: it uses the request's body.</param>
internal sealed record StreamedRun(StreamedBody? Body, Task<SyncOutcome> Running);
