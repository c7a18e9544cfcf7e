using Glue.Contracts.Functions;

namespace Glue.Workers.FunctionalTests;

/// <summary>The storage port inside the sandbox, whichever way its connections take to the gateway.</summary>
public abstract partial class DriverContract
{
    [Fact]
    public async Task Connections_to_the_storage_port_reach_the_gateway_with_the_functions_identity()
    {
        var gateway = new EchoGateway();
        await using var worker = WorkerFixture.Start(output, gateway: gateway);
        var function = EchoedBytes(worker);

        var request = WorkerFixture.Request("""{"connections":8,"bytes":3000000}""") with { LineageDepth = 3 };
        var answer = WorkerFixture.Expect(await worker.Worker.InvokeAsync(function, request, CancellationToken.None));

        Assert.Equal(8, answer.GetInt32());
        Assert.Equal(function.Name, gateway.LastCaller!.Version.Name);
        Assert.Equal(3, gateway.LastCaller.CurrentLineageDepth);
    }

    [Fact]
    public async Task A_sandbox_that_is_killed_while_it_stores_ends_its_connections()
    {
        var gateway = new EchoGateway();
        await using var worker = WorkerFixture.Start(output, gateway: gateway);
        var function = worker.Python("""
            import socket, threading
            def handler(event, context):
                s = socket.create_connection(("127.0.0.1", 9000))
                threading.Thread(target=lambda: [s.sendall(bytes(65536)) for _ in iter(int, 1)], daemon=True).start()
                s.recv(1)
                print("storing", flush=True)
                while s.recv(65536): pass
            """) with { Timeout = TimeSpan.FromMinutes(5) };
        var storing = worker.InvokeAsync(function);
        await worker.UntilAsync(_ => worker.Logs.Of(function.Name).Contains("storing"));
        Assert.False(gateway.Ended.IsCompleted);

        Kill(await SandboxAsync());

        await gateway.Ended.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal("Sandbox.Failure", WorkerFixture.Failure(await storing).Type);
    }

    [Fact]
    public async Task A_function_inherits_no_way_to_the_worker()
    {
        await using var worker = Start();
        var function = worker.Provided("""
            #!/usr/bin/python3
            import os, json, urllib.request
            def look(fd):
                try: return os.readlink(f"/proc/self/fd/{fd}")
                except FileNotFoundError: return "the listing itself"
            found = json.dumps([look(fd) for fd in os.listdir("/proc/self/fd")]).encode()
            api = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation/"
            while True:
                id = urllib.request.urlopen(api + "next").headers["Lambda-Runtime-Aws-Request-Id"]
                urllib.request.urlopen(api + id + "/response", found).read()
            """);

        var inherited = (await worker.AnswerAsync(function)).EnumerateArray().Select(static each => each.GetString()!).ToList();

        Assert.Contains("/dev/null", inherited);
        Assert.DoesNotContain(inherited, static each => each.StartsWith("socket:", StringComparison.Ordinal) || each.StartsWith("anon_inode:", StringComparison.Ordinal));
    }

    /// <summary>Answers on how many connections exactly what was sent came back, of as many at once as it was asked for.</summary>
    private protected static FunctionVersion EchoedBytes(WorkerFixture worker) => worker.Python("""
        import socket, threading, hashlib
        def handler(event, context):
            def one(n, results):
                part = bytes(range(n % 200, n % 200 + 50)) * 1000
                sent, got, left = hashlib.sha256(), hashlib.sha256(), event["bytes"]
                s = socket.create_connection(("127.0.0.1", 9000))
                def send():
                    for at in range(0, event["bytes"], len(part)):
                        data = part[:event["bytes"] - at]
                        sent.update(data); s.sendall(data)
                    s.shutdown(socket.SHUT_WR)
                sender = threading.Thread(target=send)
                sender.start()
                while data := s.recv(65536):
                    got.update(data); left -= len(data)
                sender.join()
                results.append(left == 0 and sent.digest() == got.digest())
            results = []
            threads = [threading.Thread(target=one, args=(n, results)) for n in range(event["connections"])]
            [t.start() for t in threads]; [t.join() for t in threads]
            return sum(results)
        """);
}
