using Glue.Host.Composition;
using Glue.Workers.Drivers.MicroVm;
using Glue.Workers.Images;
using Glue.Workers.Sandboxes;

namespace Glue.Host.Sandboxing;

/// <summary>Chooses how sandboxes are made: <c>auto</c> takes microVMs where the VMM and an image are there, else processes, and says why.</summary>
internal static class SandboxDrivers
{
    /// <returns>The driver, or null for the worker's own process driver; and why.</returns>
    /// <exception cref="StartupException"><c>microvm</c> was asked for and cannot be had.</exception>
    public static async Task<(ISandboxDriver? Driver, SandboxFinding Choice)> ChooseAsync(
        string driver, ServiceOptions options, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        if (driver == "process")
        {
            return (null, new("choice", true, "processes, as asked for (--driver process)"));
        }

        var obstacle = Obstacle(out var image);
        if (obstacle is null)
        {
            try
            {
                var made = await MicroVmDrivers.CreateAsync(options.Workers, options.MicroVm, image!, logs, TimeProvider.System, cancellationToken);
                return (made, new("choice", true, "microVMs: one virtual machine per sandbox"));
            }
            catch (SandboxStartException e)
            {
                obstacle = e.Message;
            }
        }

        return driver == "microvm"
            ? throw new StartupException($"MicroVMs were asked for (--driver microvm) and cannot be had: {obstacle}")
            : (null, new("choice", false, $"processes, because microVMs cannot be had: {obstacle}"));
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
