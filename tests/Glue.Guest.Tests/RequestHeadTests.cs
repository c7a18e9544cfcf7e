using System.Text;
using Glue.Guest.RuntimeApi;

namespace Glue.Guest.Tests;

public sealed class RequestHeadTests
{
    [Theory]
    [InlineData("GET /2018-06-01/runtime/invocation/next", "Next", "")]
    [InlineData("POST /2018-06-01/runtime/invocation/abc-1/response", "Response", "abc-1")]
    [InlineData("POST /2018-06-01/runtime/invocation/abc-1/error", "Error", "abc-1")]
    [InlineData("POST /2018-06-01/runtime/init/error", "InitError", "")]
    [InlineData("GET /2018-06-01/runtime/restore/next", "RestoreNext", "")]
    [InlineData("POST /2018-06-01/runtime/restore/error", "RestoreError", "")]
    [InlineData("POST /2018-06-01/runtime/invocation/next", "MethodNotAllowed", "")]
    [InlineData("GET /2018-06-01/runtime/invocation/abc-1/response", "MethodNotAllowed", "abc-1")]
    [InlineData("POST /2018-06-01/runtime/invocation/abc-1/other", "Unknown", "abc-1")]
    [InlineData("GET /2015-03-31/functions", "Unknown", "")]
    [InlineData("POST /2020-01-01/extension/register", "ExtensionRegister", "")]
    [InlineData("GET /2020-01-01/extension/event/next", "ExtensionNext", "")]
    [InlineData("POST /2020-01-01/extension/init/error", "ExtensionInitError", "")]
    [InlineData("POST /2020-01-01/extension/exit/error", "ExtensionExitError", "")]
    [InlineData("GET /2020-01-01/extension/register", "MethodNotAllowed", "")]
    [InlineData("GET /2020-01-01/extension/other", "Unknown", "")]
    [InlineData("PUT /2022-07-01/telemetry", "TelemetrySubscribe", "")]
    [InlineData("PUT /2022-07-01/telemetry/", "TelemetrySubscribe", "")]
    [InlineData("PUT /2020-08-15/logs", "LogsSubscribe", "")]
    [InlineData("GET /2020-08-15/logs", "MethodNotAllowed", "")]
    public void Paths_are_routed(string line, string operation, string requestId)
    {
        Assert.True(RequestHead.TryParse(Encoding.ASCII.GetBytes($"{line} HTTP/1.1\r\nHost: x"), out var head));
        Assert.Equal(operation, head.Operation.ToString());
        Assert.Equal(requestId, Encoding.ASCII.GetString(head.RequestId));
        Assert.True(head.KeepAlive);
    }

    [Fact]
    public void Headers_are_read_whatever_their_case()
    {
        Assert.True(RequestHead.TryParse(
            "POST /2018-06-01/runtime/init/error HTTP/1.1\r\ncontent-LENGTH:  12 \r\nExpect: 100-Continue\r\nConnection: Close\r\nGLUE-Internal-Events: 1\r\nlambda-runtime-function-error-type: My.Error"u8,
            out var head));
        Assert.Equal(12, head.ContentLength);
        Assert.True(head.ExpectsContinue);
        Assert.False(head.KeepAlive);
        Assert.True(head.AnswersInternalEvents);
        Assert.Equal("My.Error", Encoding.ASCII.GetString(head.ErrorType));
    }

    [Theory]
    [InlineData("hello")]
    [InlineData("GET /x HTTP/2")]
    [InlineData("POST /x HTTP/1.1\r\nContent-Length: -1")]
    [InlineData("POST /x HTTP/1.1\r\nContent-Length: 1x")]
    [InlineData("POST /x HTTP/1.1\r\nTransfer-Encoding: gzip")]
    [InlineData("POST /x HTTP/1.1\r\nno colon")]
    public void What_is_no_request_is_refused(string text) => Assert.False(RequestHead.TryParse(Encoding.ASCII.GetBytes(text), out _));
}
