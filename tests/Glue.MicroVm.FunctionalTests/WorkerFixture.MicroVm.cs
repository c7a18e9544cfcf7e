using Glue.MicroVm.FunctionalTests.Images;
using Glue.Workers.Drivers.MicroVm;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Glue.Workers.FunctionalTests;

public sealed partial class WorkerFixture
{
    // One for all tests of a run: a base snapshot is made once.
    private static readonly string Snapshots = Directory.CreateTempSubdirectory("glue-test-snapshots-").FullName;

    static WorkerFixture() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => Directory.Delete(Snapshots, recursive: true);

    static partial void UseDriver(IServiceCollection services, WorkersOptions options) => services.AddSingleton(provider => MicroVmDrivers.CreateAsync(
        options,
        new MicroVmOptions { SnapshotFolder = Snapshots },
        TestImages.Image,
        provider.GetRequiredService<ILoggerFactory>(),
        TimeProvider.System,
        CancellationToken.None).GetAwaiter().GetResult());
}
