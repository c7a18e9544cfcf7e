using Glue.ObjectStore.Bodies;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Forms;

/// <summary>The file of a form. It ends where the boundary is; a form without its last one was cut off.</summary>
internal sealed class FormFileReader(Stream file) : PayloadReader
{
    /// <exception cref="S3Exception">MalformedPOSTRequest.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        try
        {
            return await file.ReadAsync(into, cancellationToken);
        }
        catch (IOException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new S3Exception(S3Error.MalformedPostRequest, inner: e);
        }
    }

    public override void Dispose()
    {
        // The body is the server's.
    }
}
