using Glue.Dispatcher.Functions;
using Glue.Workers.Code;

namespace Glue.Host.Composition;

/// <summary>Workers in this process read deployment zips straight from the dispatcher's code store.</summary>
internal sealed class DeployedCode(ICodeStore store) : ICodeSource
{
    public Task<Stream> OpenAsync(string accountId, string codeSha256, CancellationToken cancellationToken) =>
        Task.FromResult(store.Open(codeSha256));
}
