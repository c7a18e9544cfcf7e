using System.Text;
using Glue.Functions.Http;

namespace Glue.Functions.Tests;

public sealed class HttpConnectionTests
{
    [Fact]
    public async Task One_connection_serves_request_after_request()
    {
        await using var server = new ScriptedServer(["HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo"]);
        using var connection = Connect(server);
        Assert.Equal("one", Get(connection));
        Assert.Equal("two", Get(connection));
        Assert.Equal(1, server.Connections);
        Assert.Equal($"GET /a HTTP/1.1\r\nHost: {server.Address}\r\n\r\n", server.Requests[0]);
    }

    [Fact]
    public async Task A_body_that_was_not_read_does_not_disturb_the_next_answer()
    {
        await using var server = new ScriptedServer(["HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nleft ove", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo"]);
        using var connection = Connect(server);
        connection.Exchange(connection.Request("GET", "/a").End());
        Assert.Equal("two", Get(connection));
    }

    [Fact]
    public async Task Chunked_bodies_with_extensions_and_trailers_are_decoded()
    {
        await using var server = new ScriptedServer(
            ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\nA\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"]);
        using var connection = Connect(server);
        Assert.Equal("hello0123456789", Get(connection));
        Assert.Equal("", Get(connection));
    }

    [Fact]
    public async Task A_100_Continue_is_not_the_answer()
    {
        await using var server = new ScriptedServer(["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"]);
        using var connection = Connect(server);
        Assert.Equal("ok", Get(connection));
    }

    [Fact]
    public async Task A_kept_connection_that_was_closed_meanwhile_is_replaced_and_the_request_sent_again()
    {
        await using var server = new ScriptedServer(["HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none"], ["HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo"]);
        using var connection = Connect(server);
        Assert.Equal("one", Get(connection));
        Assert.Equal("two", Get(connection));
        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task A_fresh_connection_that_gives_no_answer_is_a_fault_and_not_tried_again()
    {
        await using var server = new ScriptedServer([""]);
        using var connection = Connect(server);
        var fault = Assert.Throws<HttpFaultException>(() => Get(connection));
        Assert.Equal($"{server.Address} closed the connection without an answer.", fault.Message);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "in the middle of a body")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "a chunk without its length")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-", "in the middle of an answer's head")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n", "a Content-Length that is not a number")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n", "did not answer in HTTP/1.1")]
    public async Task An_answer_that_is_broken_is_a_fault_that_says_how(string answer, string how)
    {
        await using var server = new ScriptedServer([answer]);
        using var connection = Connect(server);
        Assert.Contains(how, Assert.Throws<HttpFaultException>(() => Get(connection)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_cannot_smuggle_another_line_in()
    {
        using var connection = new HttpConnection(new HttpEndpoint("127.0.0.1", 9));
        Assert.Throws<ArgumentException>(() => connection.Request("GET", "/a").Header("x", "1\r\ny: 2"));
    }

    [Theory]
    [InlineData("127.0.0.1:9001", "127.0.0.1", 9001)]
    [InlineData("http://127.0.0.1:9000/", "127.0.0.1", 9000)]
    [InlineData("http://[::1]:9000", "::1", 9000)]
    [InlineData("localhost", "localhost", 80)]
    public void An_endpoint_is_host_and_port_or_an_http_URL(string text, string host, int port) =>
        Assert.Equal(new HttpEndpoint(host, port), HttpEndpoint.Parse(text));

    [Theory]
    [InlineData("https://127.0.0.1:9000")]
    [InlineData("http://127.0.0.1:9000/path")]
    public void Anything_else_is_not_an_endpoint(string text) => Assert.Throws<FormatException>(() => HttpEndpoint.Parse(text));

    private static HttpConnection Connect(ScriptedServer server) => new(HttpEndpoint.Parse(server.Address), TimeSpan.FromSeconds(20));

    private static string Get(HttpConnection connection)
    {
        var response = connection.Exchange(connection.Request("GET", "/a").End());
        using var reader = new StreamReader(response.Body, Encoding.Latin1, leaveOpen: true);
        return reader.ReadToEnd();
    }
}
