using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using Amazon.Runtime;
using Glue.Host;
using Glue.Host.Accounts;
using Glue.Host.Demo;
using Glue.Host.Doctor;
using Glue.Host.Invocations;
using Glue.Host.Logs;
using Glue.Host.Replays;
using Glue.Host.Roles;
using Glue.Host.Rules;
using Glue.Host.Sandboxing;
using Glue.Host.Store;
using Glue.Host.Up;
using Glue.Host.Webhooks;
using Microsoft.Extensions.Options;
using Spectre.Console;

var root = new RootCommand("Glue: Lambda for your own object storage.")
{
    UpCommand.Create(),
    DemoCommand.Create(),
    RuleCommand.Create(),
    AccountCommand.Create(),
    RoleCommand.Create(),
    WebhookCommand.Create(),
    InvocationsCommand.Create(),
    DeadLettersCommand.Create(),
    LogsCommand.Create(),
    StoreCommand.Create(),
    ReplayCommand.Create(),
    BackfillCommand.Create(),
    ReconcileCommand.Create(),
    ImageCommand.Create(),
    DoctorCommand.Create(),
};

if (Console.IsOutputRedirected)
{
    AnsiConsole.Profile.Capabilities.Ansi = false;
    AnsiConsole.Profile.Width = 160; // nobody's terminal: a file or a pipe has no width to fit into
}

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
    {
        Console.Error.WriteLine("glue: " + error.Message);
    }

    var path = string.Join(' ', parsed.CommandResult.Command.Parents.OfType<Command>().Reverse().Append(parsed.CommandResult.Command).Select(static command => command.Name));
    Console.Error.WriteLine($"See {path} --help.");
    return 2;
}

try
{
    // Ctrl-C and SIGTERM belong to the host of `up`, which drains; other verbs just end.
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
}
catch (Exception e) when (e is StartupException or OptionsValidationException or ValidationException)
{
    Console.Error.WriteLine("glue: " + e.Message);
    return 2;
}
catch (AmazonServiceException e)
{
    Console.Error.WriteLine($"glue: {e.ErrorCode}: {e.Message}");
    return 1;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine("glue: " + e.Message); // a file or folder that the user named
    return 1;
}
catch (OperationCanceledException e) when (e.InnerException is not TimeoutException)
{
    return 130; // Ctrl-C before the stack was up: as a shell says it
}
