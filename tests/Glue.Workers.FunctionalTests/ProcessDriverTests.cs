using Xunit.Abstractions;

namespace Glue.Workers.FunctionalTests;

public sealed class ProcessDriverTests(ITestOutputHelper output) : DriverContract(output)
{
    protected override string SandboxProcess => "bwrap";
}
