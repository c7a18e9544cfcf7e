using System.Buffers;
using Glue.Contracts.Invocations;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Passes a streamed answer on to its caller, at the pace at which that takes it.</summary>
internal static class StreamCopy
{
    private const int BufferBytes = 64 * 1024;

    /// <returns>When all is passed on, or the caller has left: the function then goes on by itself, as with Lambda, and nobody reads it.</returns>
    public static async Task RunAsync(StreamedBody body, Func<ReadOnlyMemory<byte>, ValueTask> write, CancellationToken left)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            int count;
            while (!left.IsCancellationRequested && (count = await body.Content.ReadAsync(buffer, left)) > 0)
            {
                await write(buffer.AsMemory(0, count));
            }
        }
        catch (Exception) when (left.IsCancellationRequested)
        {
            // Nobody is there to be told.
        }
        finally
        {
            await body.Content.DisposeAsync();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
