using Glue.Workers.FunctionalTests;

// A worker in a process of its own, to be killed: runs one function that never ends, and one that is idle.
await using var worker = WorkerFixture.Start(new SilentOutput());
await worker.AnswerAsync(worker.Node("exports.handler = async () => 1;"));
var running = worker.InvokeAsync(worker.Python("""
    import subprocess, time
    def handler(event, context):
        subprocess.Popen(["/usr/bin/sleep", "1000"], start_new_session=True)
        print("child started", flush=True)
        time.sleep(1000)
    """) with { Timeout = TimeSpan.FromMinutes(10) });
await worker.UntilAsync(status => status.Sandboxes == 2 && worker.Logs.Lines.Any(line => line == "child started"));
Console.WriteLine("running");
await running;
return 1;
