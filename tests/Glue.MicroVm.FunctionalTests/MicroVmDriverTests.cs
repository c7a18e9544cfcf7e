using Glue.Workers.FunctionalTests;
using Xunit.Abstractions;

namespace Glue.MicroVm.FunctionalTests;

public sealed class MicroVmDriverTests(ITestOutputHelper output) : DriverContract(output);
