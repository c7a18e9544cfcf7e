using Glue.Functions.Dotnet;
using Glue.Functions.Runtime;

// The runtime of dotnet8 and dotnet10: loads the class library's handler that _HANDLER names and serves it over the Lambda Runtime API.
FunctionConsole.Install();
var generators = Generators.Begin();
FunctionHandler? handler = null;
using var bootstrap = new LambdaBootstrap(
    RuntimeApiClient.FromEnvironment(),
    async (input, context, output) =>
    {
        generators.RenewAfterRestore();
        try
        {
            return await handler!.InvokeAsync(input, context, output);
        }
        finally
        {
            // A line without its end belongs to the invocation that wrote it.
            Console.Out.Flush();
            Console.Error.Flush();
        }
    },
    () =>
    {
        handler = FunctionHandler.Load(HandlerName.Parse(Environment.GetEnvironmentVariable("_HANDLER")), Environment.GetEnvironmentVariable("LAMBDA_TASK_ROOT") ?? "/var/task");
        if (SnapshotPhase.IsDue)
        {
            handler.WarmUp();
        }

        return Task.FromResult(true);
    });
await bootstrap.RunAsync();
return Environment.ExitCode;
