namespace Glue.Workers.Code;

/// <summary>Where a worker gets deployment zips from.</summary>
public interface ICodeSource
{
    /// <param name="accountId">The owning account, 12 digits.</param>
    /// <param name="codeSha256">SHA-256 of the zip, base64, as in <c>FunctionVersion.CodeSha256</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The zip's bytes; the caller disposes it.</returns>
    /// <exception cref="FileNotFoundException">No such code is stored.</exception>
    Task<Stream> OpenAsync(string accountId, string codeSha256, CancellationToken cancellationToken);
}
