using Glue.Contracts.Invocations;

namespace Glue.Workers.FunctionalTests;

/// <summary>Runtimes that send what nobody asked for: the agent takes what a socket holds and no more.</summary>
public abstract partial class DriverContract
{
    /// <summary>
    /// Sends requests whose replies it does not read, until the agent takes no more, and then reads them: behind its poll, or beside its answer, as its event
    /// says. Its next answer says how many bytes were taken, and how many of how many requests were answered.
    /// </summary>
    protected const string PouringBootstrap = """
        #!/usr/bin/python3
        import json, os, select, socket
        host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
        poll = b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n"
        unit = b"GET /nothing HTTP/1.1\r\nHost: x\r\nX-Padding: %s\r\n\r\n" % (b"x" * 60)
        def connect():
            api = socket.create_connection((host, int(port)))
            return api, api.makefile("rb")
        def reply(replies):
            status, headers = int(replies.readline().split()[1]), {}
            while (header := replies.readline().strip()):
                name, value = header.decode().split(":", 1)
                headers[name.lower()] = value.strip()
            return status, headers, replies.read(int(headers.get("content-length", 0)))
        def pour(api):
            taken, block = 0, unit * 400
            api.setblocking(False)
            while taken < 64 << 20 and select.select([], [api], [], 2)[1]:
                taken += api.send(block[taken % len(block):])
            api.setblocking(True)
            print("poured", flush=True)
            return taken
        def drain(api, replies, taken):
            asked = -(-taken // len(unit))
            refused = sum(reply(replies)[0] == 404 for _ in range(taken // len(unit)))
            if taken % len(unit):
                api.sendall(unit[taken % len(unit):])
                refused += reply(replies)[0] == 404
            return {"taken": taken, "asked": asked, "refused": refused}
        api, replies = connect()
        what, said = None, {}
        while True:
            api.sendall(poll)
            taken = pour(api) if what == "behind" else 0
            _, headers, body = reply(replies)
            if what == "behind":
                said = drain(api, replies, taken)
            what, id = json.loads(body), headers["lambda-runtime-aws-request-id"]
            if what == "beside":
                other, refusals = connect()
                said = drain(other, refusals, pour(other))
            answer = json.dumps(said).encode()
            api.sendall(b"POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (id.encode(), len(answer), answer))
            reply(replies)
        """;

    protected const int PouredAtMost = 64 << 20;

    [Fact]
    public async Task Requests_wait_while_the_runtime_does_not_read_the_replies_and_then_all_are_answered()
    {
        await using var worker = Start();
        var function = worker.Provided(PouringBootstrap) with { Timeout = TimeSpan.FromMinutes(2) };

        var said = await worker.AnswerAsync(function, "\"beside\"");

        Assert.InRange(said.GetProperty("taken").GetInt32(), 1, PouredAtMost - 1);
        Assert.Equal(said.GetProperty("asked").GetInt32(), said.GetProperty("refused").GetInt32());
    }
}
