using Glue.MicroVm.FunctionalTests;
using Glue.Workers.Drivers.MicroVm;
using Glue.Workers.FunctionalTests;

// A worker in a process of its own, to be killed: STATE FOLDER brings it into that state; without arguments one VM is busy, another idle.
var (state, folder) = args is [var first, var second] ? (first, second) : ("busy", null);
WorkerFixture.MicroVm.Value = new MicroVmOptions
{
    UseSnapshots = state != "booting",
    UseFunctionSnapshots = state is not ("busy" or "frozen"),
    FreezeAfter = TimeSpan.FromMilliseconds(state == "frozen" ? 20 : 60_000),
    SnapshotFolder = folder is null ? null : Path.Combine(folder, "snapshots"),
};
await using var worker = WorkerFixture.Start(new SilentOutput(), options => options with { Folder = folder ?? options.Folder });
var idle = worker.Node("exports.handler = async () => 1;");
switch (state)
{
    case "booting":
        Console.WriteLine("running");
        await worker.InvokeAsync(idle);
        break;
    case "restoring":
        worker.Worker.Prepare(idle);
        while (worker.Driver.NeedsSnapshot(idle))
        {
            await Task.Delay(20);
        }

        for (Console.WriteLine("running"); ;)
        {
            await worker.InvokeAsync(idle);
            await MicroVmTest.CoolAsync(worker, idle);
        }

    case "snapshotting":
        Console.WriteLine("running");
        worker.Worker.Prepare(idle);
        break;
    case "frozen":
        await worker.AnswerAsync(idle);
        Console.WriteLine("running");
        break;
    default:
        await worker.AnswerAsync(idle);
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
        break;
}

await Task.Delay(Timeout.Infinite);
