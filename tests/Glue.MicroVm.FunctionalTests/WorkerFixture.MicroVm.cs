using Glue.MicroVm.FunctionalTests.Images;
using Glue.Workers.Drivers.MicroVm;
using Glue.Workers.Sandboxes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Glue.Workers.FunctionalTests;

public sealed partial class WorkerFixture
{
    // One for all tests of a run: a base snapshot is made once.
    private static readonly string Snapshots = Directory.CreateTempSubdirectory("glue-test-snapshots-").FullName;

    private static readonly FileInfo Verdict = new(Path.Combine(Snapshots, "kvm.json"));

    static WorkerFixture() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => Directory.Delete(Snapshots, recursive: true);

    /// <summary>Set by a test before it starts its worker; the contract's tests leave it: a snapshot of each of their functions would only cost time.</summary>
    internal static readonly AsyncLocal<MicroVmOptions?> MicroVm = new();

    internal ISandboxDriver Driver => _services.GetRequiredService<ISandboxDriver>();

    static partial void UseDriver(IServiceCollection services, WorkersOptions options) => services.AddSingleton(provider =>
    {
        var verdict = new FileInfo(Path.Combine(options.Folder, "microvm", "kvm.json"));
        ShareVerdict(from: Verdict, to: verdict);
        var driver = MicroVmDrivers.CreateAsync(
            options,
            WithFolder(MicroVm.Value ?? new MicroVmOptions { UseFunctionSnapshots = false }),
            TestImages.Image,
            provider.GetRequiredService<ILoggerFactory>(),
            TimeProvider.System,
            CancellationToken.None).GetAwaiter().GetResult();
        ShareVerdict(from: verdict, to: Verdict);
        return driver;
    });

    /// <summary>Whether KVM works is found out once, not by the worker of every test: where it hangs, that takes seconds of a processor.</summary>
    private static void ShareVerdict(FileInfo from, FileInfo to)
    {
        from.Refresh();
        to.Refresh();
        if (from.Exists && !to.Exists)
        {
            Directory.CreateDirectory(to.DirectoryName!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            from.CopyTo(to.FullName);
        }
    }

    private static MicroVmOptions WithFolder(MicroVmOptions options) => options with { SnapshotFolder = options.SnapshotFolder ?? Snapshots };
}
