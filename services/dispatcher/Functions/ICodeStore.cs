namespace Glue.Dispatcher.Functions;

/// <summary>Keeps deployment zips by their SHA-256.</summary>
public interface ICodeStore
{
    /// <summary>On disk when it returns. The same bytes are kept once.</summary>
    /// <returns>SHA-256, base64 as in Lambda's <c>CodeSha256</c>.</returns>
    /// <exception cref="IOException">Disk full or not writable; nothing was kept.</exception>
    Task<string> PutAsync(ReadOnlyMemory<byte> zip, CancellationToken cancellationToken);

    /// <param name="codeSha256">Base64.</param>
    /// <returns>A readable, seekable stream.</returns>
    /// <exception cref="FileNotFoundException">No function has this code any more.</exception>
    Stream Open(string codeSha256);

    /// <summary>Removes what is kept for none of these, and what an interrupted put left behind.</summary>
    /// <param name="codeSha256">Base64, of all functions.</param>
    void KeepOnly(IReadOnlySet<string> codeSha256);

    /// <summary>Removes one zip if it is there.</summary>
    void Remove(string codeSha256);
}
