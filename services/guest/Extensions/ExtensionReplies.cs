using System.Globalization;
using System.Text;
using System.Text.Json;
using Glue.Contracts.Channel;
using Glue.Guest.Native;
using Glue.Guest.RuntimeApi;

namespace Glue.Guest.Extensions;

/// <summary>What the Extensions API answers.</summary>
internal static unsafe class ExtensionReplies
{
    public static void Registered(ApiConnection connection, string identifier, string body) =>
        Write(connection, "200 OK", $"Lambda-Extension-Identifier: {identifier}\r\n", Encoding.UTF8.GetBytes(body));

    public static void Accepted(ApiConnection connection) => Write(connection, "202 Accepted", "", """{"status":"OK"}"""u8);

    public static void Done(ApiConnection connection) => Write(connection, "200 OK", "", "\"OK\""u8);

    /// <summary>Lambda refuses with 403 whatever it is, and names it (Runtime Interface Emulator, read 2026-11).</summary>
    public static void Refused(ApiConnection connection, string type, string message) => Refused(connection, "403 Forbidden", type, message);

    /// <summary>A subscription that cannot be.</summary>
    public static void Invalid(ApiConnection connection, string message) => Refused(connection, "400 Bad Request", "ValidationError", message);

    private static void Refused(ApiConnection connection, string status, string type, string message)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("errorMessage", message);
            json.WriteString("errorType", type);
            json.WriteEndObject();
        }

        Write(connection, status, "", stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    /// <summary>To where the extension waits, or kept until it asks again.</summary>
    public static void Event(Extension extension, byte[] document)
    {
        // A connection that was closed, and perhaps opened anew, is no longer its.
        if (extension is { IsWaiting: true, Connection: { State: ApiConnection.Stage.Parked } connection } && connection.Request.Extension?.Identifier == extension.Identifier)
        {
            connection.Unpark();
            Write(connection, "200 OK", $"Lambda-Extension-Event-Identifier: {Guid.NewGuid()}\r\n", document);
            if (connection.Flush() && !connection.Request.KeepAlive)
            {
                connection.Close();
            }
        }
        else
        {
            extension.Missed = document;
        }

        extension.IsWaiting = false;
        extension.Connection = null;
    }

    public static byte[] Invoke(Invocation invocation)
    {
        var message = invocation.Message;
        var texts = new ReadOnlySpan<byte>(invocation.Head + InvokeMessage.FixedSize, message.HeadSize - InvokeMessage.FixedSize);
        var requestId = texts[..message.RequestIdLength];
        var arn = texts[message.RequestIdLength..][..message.ArnLength];
        var trace = texts[(message.RequestIdLength + message.ArnLength)..][..message.TraceIdLength];
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("eventType"u8, "INVOKE"u8);
            json.WriteNumber("deadlineMs"u8, Clock.UnixMs + message.TimeoutMs);
            json.WriteString("requestId"u8, requestId);
            json.WriteString("invokedFunctionArn"u8, arn);
            if (trace.Length > 0)
            {
                json.WriteStartObject("tracing"u8);
                json.WriteString("type"u8, "X-Amzn-Trace-Id"u8);
                json.WriteString("value"u8, trace);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <param name="reason"><c>spindown</c>, <c>timeout</c> or <c>failure</c>.</param>
    /// <param name="deadlineMs">Unix time.</param>
    public static byte[] Shutdown(string reason, long deadlineMs) => Encoding.UTF8.GetBytes(
        string.Create(CultureInfo.InvariantCulture, $$"""{"eventType":"SHUTDOWN","deadlineMs":{{deadlineMs}},"shutdownReason":"{{reason}}"}"""));

    private static void Write(ApiConnection connection, string status, string header, ReadOnlySpan<byte> body)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n{header}Content-Length: {body.Length}\r\n\r\n");
        connection.Output.Append(Encoding.ASCII.GetBytes(head));
        connection.Output.Append(body);
    }
}
