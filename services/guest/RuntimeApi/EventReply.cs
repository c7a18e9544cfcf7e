using System.Buffers.Text;
using Glue.Contracts.Channel;
using Glue.Guest.Native;

namespace Glue.Guest.RuntimeApi;

/// <summary>The reply to a poll: an event with Lambda's headers.</summary>
internal static unsafe class EventReply
{
    public static void Write(ApiConnection connection, Invocation invocation)
    {
        var message = invocation.Message;
        var texts = invocation.Head + InvokeMessage.FixedSize;
        var output = connection.Output;
        output.Append("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: "u8);
        texts = AppendText(output, texts, message.RequestIdLength);
        output.Append("\r\nLambda-Runtime-Deadline-Ms: "u8);
        AppendNumber(output, Clock.UnixMs + message.TimeoutMs);
        output.Append("\r\nLambda-Runtime-Invoked-Function-Arn: "u8);
        texts = AppendText(output, texts, message.ArnLength);
        if (message.TraceIdLength > 0)
        {
            output.Append("\r\nLambda-Runtime-Trace-Id: "u8);
        }

        texts = AppendText(output, texts, message.TraceIdLength);
        if (message.ClientContextLength > 0)
        {
            output.Append("\r\nLambda-Runtime-Client-Context: "u8);
        }

        AppendText(output, texts, message.ClientContextLength);
        output.Append("\r\nContent-Length: "u8);
        AppendNumber(output, message.EventBytes);
        output.Append("\r\n\r\n"u8);
        connection.FlushWith(new ReadOnlySpan<byte>(invocation.Event, message.EventBytes));
    }

    private static byte* AppendText(NativeBuffer output, byte* text, int length)
    {
        output.Append(new ReadOnlySpan<byte>(text, length));
        return text + length;
    }

    private static void AppendNumber(NativeBuffer output, long number)
    {
        Utf8Formatter.TryFormat(number, new Span<byte>(output.Reserve(20), 20), out var length);
        output.Commit(length);
    }
}
