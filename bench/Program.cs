using Glue.Bench;
using Glue.Bench.Dispatching;

if (args is ["kestrel-echo", var port])
{
    await KestrelEcho.RunAsync(int.Parse(port));
    return 0;
}

(string Name, string What, Func<Task> Run)[] benches =
[
    ("invoke", "warm synchronous invocations through the Lambda API, in processes and in microVMs, beside a bare Kestrel echo", InvokeBench.RunAsync),
    ("pipeline", "2,000 pictures from put to thumbnail, beside vipsthumbnail", PipelineBench.RunAsync),
    ("functions", "thumbnail, decompress and transform beside the distribution's tools", FunctionsBench.RunAsync),
    ("coldstart", "from a call that finds nothing warm to its answer, in microVMs", ColdStartBench.RunAsync),
    ("dispatch", "events per second through queue and dispatcher to a worker that does nothing, from a log in SQLite and in Kafka, and memory over a backlog", DispatchBench.RunAsync),
    ("fairness", "a victim's queueing time beside aggressors; FIFO and stochastic fair queueing for comparison", FairnessBench.RunAsync),
    ("store", "puts and gets of 4 KB, 1 MB and 100 MB by 1 and 16 clients, beside plain files", StoreBench.RunAsync),
    ("deploy", "a 50 MB function from CreateFunction to its first answer; a function with 1,000 versions; 1,000 functions: list time, memory, idle processor time", DeployBench.RunAsync),
    ("idle", "memory of the idle stack and its time to ready", IdleBench.RunAsync),
];
var chosen = args.Length == 0 ? benches : [.. benches.Where(bench => bench.Name == args[0])];
if (chosen.Length == 0)
{
    Console.Error.WriteLine($"There is no bench '{args[0]}'. There are: {string.Join(", ", benches.Select(bench => bench.Name))}.");
    return 2;
}

foreach (var (name, what, run) in chosen)
{
    Console.WriteLine($"## {name}: {what}\n");
    Console.WriteLine(Machine.Describe() + "\n");
    await run();
    Console.WriteLine();
}

return 0;
