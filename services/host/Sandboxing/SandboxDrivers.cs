using Glue.Host.Composition;
using Glue.Workers;
using Glue.Workers.Drivers.MicroVm;
using Glue.Workers.Images;
using Glue.Workers.Sandboxes;

namespace Glue.Host.Sandboxing;

/// <summary>Chooses how sandboxes are made: <c>auto</c> takes microVMs where the VMM and an image are there, else processes, and says why.</summary>
internal static class SandboxDrivers
{
    /// <returns>A driver for each worker, or none for the workers' own process drivers; and why.</returns>
    /// <exception cref="StartupException"><c>microvm</c> was asked for and cannot be had.</exception>
    public static async Task<(IReadOnlyList<ISandboxDriver> Drivers, SandboxFinding Choice)> ChooseAsync(
        string driver, ServiceOptions options, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        if (driver == "process")
        {
            return ([], new("choice", true, "processes, as asked for (--driver process)"));
        }

        var obstacle = Obstacle(out var image);
        if (obstacle is null)
        {
            try
            {
                return (await CreateAsync(options, image!, logs, cancellationToken), new("choice", true, "microVMs: one virtual machine per sandbox"));
            }
            catch (SandboxStartException e)
            {
                obstacle = e.Message;
            }
        }

        return driver == "microvm"
            ? throw new StartupException($"MicroVMs were asked for (--driver microvm) and cannot be had: {obstacle}")
            : ([], new("choice", false, $"processes, because microVMs cannot be had: {obstacle}"));
    }

    private static async Task<IReadOnlyList<ISandboxDriver>> CreateAsync(
        ServiceOptions options, GuestImage image, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        var (workers, guests) = (WorkerShares.Of(options.Workers), WorkerShares.Of(options.MicroVm, options.Workers.Count));
        var made = new List<ISandboxDriver>();
        try
        {
            for (var i = 0; i < workers.Count; i++)
            {
                made.Add(await MicroVmDrivers.CreateAsync(workers[i], guests[i], image, logs, TimeProvider.System, cancellationToken));
            }

            return made;
        }
        catch
        {
            foreach (var driver in made)
            {
                await driver.DisposeAsync();
            }

            throw;
        }
    }

    private static string? Obstacle(out GuestImage? image)
    {
        image = null;
        if (!MicroVmDrivers.IsInstalled)
        {
            return "QEMU is not installed (package qemu-system-x86).";
        }

        image = new ImageBuilder(ImageFolder.Options).Find();
        return image is null ? "no guest image is built (./glue image build)." : null;
    }
}
