using System.Buffers;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading.Channels;
using Glue.Workers.Drivers.MicroVm.Native;
using Microsoft.Win32.SafeHandles;

namespace Glue.Workers.Drivers.MicroVm.Qemu;

/// <summary>
/// QEMU's monitor protocol, as much as is needed: one command at a time, one JSON document per line each way
/// (docs/interop/qmp-spec.rst of QEMU 7.2). Events are kept for whoever asks.
/// </summary>
internal sealed class QmpClient : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly Channel<JsonElement> _answers = Channel.CreateBounded<JsonElement>(16);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Task _reading;
    private readonly TaskCompletionSource<string?> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public QmpClient(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reading = Task.Run(ReadAsync);
    }

    /// <summary>Ends when the VMM has gone; the result is why it said the guest stopped (<c>guest-shutdown</c>, <c>guest-reset</c>, …), if it said so.</summary>
    public Task<string?> Closed => _closed.Task;

    /// <summary>Waits for the greeting and leaves negotiation mode.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await NextAsync(cancellationToken); // greeting
        await ExecuteAsync("""{"execute":"qmp_capabilities"}""", cancellationToken);
    }

    /// <summary>Runs one command and returns what it returned.</summary>
    /// <exception cref="VmmException">The VMM refused it, or is gone.</exception>
    public Task<JsonElement> ExecuteAsync(string command, CancellationToken cancellationToken) => ExecuteAsync(command, null, cancellationToken);

    /// <summary>The same, with a descriptor for the command to take.</summary>
    public async Task<JsonElement> ExecuteAsync(string command, SafeFileHandle? descriptor, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var line = System.Text.Encoding.UTF8.GetBytes(command + "\n");
            if (descriptor is null)
            {
                await _stream.WriteAsync(line, cancellationToken);
            }
            else
            {
                Descriptor.Send(_socket, line, descriptor);
            }

            var answer = await NextAsync(cancellationToken);
            return answer.TryGetProperty("error", out var error)
                ? throw new VmmException($"QEMU refused {command}: {error.GetProperty("desc").GetString()}")
                : answer.GetProperty("return");
        }
        catch (IOException e)
        {
            throw new VmmException("QEMU has gone.", e);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        await _reading;
        _turn.Dispose();
    }

    private async Task<JsonElement> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _answers.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException e)
        {
            throw new VmmException("QEMU has gone.", e);
        }
    }

    private async Task ReadAsync()
    {
        string? reason = null;
        var buffer = new ArrayBufferWriter<byte>(4096);
        try
        {
            while (true)
            {
                var count = await _stream.ReadAsync(buffer.GetMemory(4096));
                if (count == 0)
                {
                    break;
                }

                buffer.Advance(count);
                reason = TakeLines(buffer) ?? reason;
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The VMM was killed, or we closed: both are the end of this connection.
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            reason = $"QEMU's monitor cannot be understood: {e.Message}";
        }

        _answers.Writer.TryComplete();
        _closed.TrySetResult(reason);
    }

    private string? TakeLines(ArrayBufferWriter<byte> buffer)
    {
        string? reason = null;
        var bytes = buffer.WrittenSpan;
        int end;
        while ((end = bytes.IndexOf((byte)'\n')) >= 0)
        {
            var message = JsonElement.Parse(bytes[..end]);
            if (!message.TryGetProperty("event", out var name))
            {
                _answers.Writer.TryWrite(message);
            }
            else if (name.ValueEquals("SHUTDOWN"))
            {
                reason = message.GetProperty("data").GetProperty("reason").GetString();
            }

            bytes = bytes[(end + 1)..];
        }

        var rest = bytes.ToArray();
        buffer.ResetWrittenCount();
        buffer.Write(rest);
        return reason;
    }
}
