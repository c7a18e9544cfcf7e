using System.CommandLine;

namespace Glue.Host.Up;

/// <summary><c>--driver</c>: how sandboxes are made.</summary>
internal static class DriverOption
{
    public static Option<string> Option { get; } = Create();

    private static Option<string> Create()
    {
        var option = new Option<string>("--driver")
        {
            Description = "auto: the strongest isolation this machine can do; process: bubblewrap namespaces; microvm: a virtual machine each.",
            DefaultValueFactory = static _ => "auto",
        };
        option.AcceptOnlyFromAmong("auto", "microvm", "process");
        return option;
    }
}
