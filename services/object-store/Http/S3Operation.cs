namespace Glue.ObjectStore.Http;

/// <summary>One operation of S3.</summary>
/// <param name="Action">As policies name it, checked before it runs; null: it checks by itself, or needs no bucket.</param>
/// <param name="RunAsync">Answers the request.</param>
internal sealed record S3Operation(string? Action, Func<S3Request, Task> RunAsync);
