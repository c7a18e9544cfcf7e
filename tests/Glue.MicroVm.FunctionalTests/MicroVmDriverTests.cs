using Glue.Workers.FunctionalTests;
using Xunit.Abstractions;

namespace Glue.MicroVm.FunctionalTests;

public sealed class MicroVmDriverTests(ITestOutputHelper output) : DriverContract(output)
{
    /// <summary>As the kernel cuts it.</summary>
    protected override string SandboxProcess => "qemu-system-x86";
}
