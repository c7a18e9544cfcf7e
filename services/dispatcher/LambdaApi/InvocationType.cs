namespace Glue.Dispatcher.LambdaApi;

/// <summary>Lambda's InvocationType: run it and wait, keep it and answer at once, or only see whether it may be.</summary>
internal enum InvocationType
{
    RequestResponse,
    Event,
    DryRun,
}
