using System.Text.Json;
using Glue.Workers.Drivers.MicroVm.Native;
using Glue.Workers.Drivers.MicroVm.Qemu;
using Glue.Workers.Drivers.MicroVm.Snapshots;

namespace Glue.Workers.Drivers.MicroVm.Probe;

/// <summary>
/// Finds out whether KVM works, by doing what the driver will do: boot the real kernel and agent, save the guest, restore it. A
/// /dev/kvm that is there proves nothing: nested virtualisation often starts and then hangs or aborts. Every way of failing (an
/// exit, silence, a refusal) means "no", and the answer is kept until host boot, VMM or kernel changes.
/// </summary>
internal static class KvmProbe
{
    private const string Device = "/dev/kvm";
    private const int GuestMemoryMiB = 128;

    /// <param name="launcher">One for KVM.</param>
    /// <param name="cacheFile">Where the answer is kept.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<KvmVerdict> RunAsync(VmLauncher launcher, string cacheFile, CancellationToken cancellationToken)
    {
        var boot = (await File.ReadAllTextAsync("/proc/sys/kernel/random/boot_id", cancellationToken)).Trim();
        var key = $"{boot} {QemuProgram.Version} {launcher.Parts.Image.Digest} {launcher.Parts.InitramfsDigest}";
        if (await ReadAsync(cacheFile, key, cancellationToken) is { } known)
        {
            return known;
        }

        var verdict = await TryAsync(launcher, key, cancellationToken);
        Directory.CreateDirectory(Path.GetDirectoryName(cacheFile)!);
        await File.WriteAllBytesAsync(cacheFile, JsonSerializer.SerializeToUtf8Bytes(verdict, KvmVerdictJson.Default.KvmVerdict), cancellationToken);
        return verdict;
    }

    private static async Task<KvmVerdict> TryAsync(VmLauncher launcher, string key, CancellationToken cancellationToken)
    {
        if (!File.Exists(Device))
        {
            return new KvmVerdict(key, false, "This machine has no /dev/kvm (no virtualisation, or not passed on to this one).");
        }

        try
        {
            using var nothing = Descriptor.Open("/dev/null", Posix.O_RDWR);
            // Twice: a broken nested KVM may come up once.
            for (var round = 0; round < 2; round++)
            {
                var snapshot = await SnapshotMaker.MakeBaseAsync(launcher, GuestMemoryMiB, cancellationToken);
                using var function = Drives.FunctionDrives.Placeholders();
                using var scratch = Drives.ScratchDrives.Placeholder();
                await using var vmm = await launcher.RestoreAsync(launcher.Describe(GuestMemoryMiB, function, scratch), snapshot, cancellationToken);
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(3));
                await AgentGreeting.ReceiveAsync(vmm, limit.Token);
            }

            return new KvmVerdict(key, true, "KVM boots, saves and restores guests here.");
        }
        catch (Exception e) when (e is VmmException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new KvmVerdict(key, false, $"/dev/kvm is there, but a guest does not run on it: {e.Message}");
        }
    }

    private static async Task<KvmVerdict?> ReadAsync(string cacheFile, string key, CancellationToken cancellationToken)
    {
        try
        {
            var verdict = JsonSerializer.Deserialize(await File.ReadAllBytesAsync(cacheFile, cancellationToken), KvmVerdictJson.Default.KvmVerdict);
            return verdict?.Key == key ? verdict : null;
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null; // not asked yet, or half written: ask
        }
    }
}
