using Glue.Workers.Drivers.MicroVm.Qemu;

namespace Glue.Workers.Tests;

public sealed class TimeStampCounterTests
{
    [Fact]
    public void The_frequency_is_found_once_and_the_same_ever_after_on_the_same_processor()
    {
        using var folder = new TempFolder();
        var memory = Path.Combine(folder.Path, "tsc-khz");

        Assert.Equal(2_596_096, TimeStampCounter.Khz(memory, () => 2_596_096));
        Assert.Equal(2_596_096, TimeStampCounter.Khz(memory, () => 1_200_000)); // the clock varies, the counter does not

        File.WriteAllText(memory, "3000000\nmodel name\t: another\n");
        Assert.Equal(2_596_096, TimeStampCounter.Khz(memory, () => 2_596_096));
    }

    [Fact]
    public void This_machines_frequency_is_plausible()
    {
        using var folder = new TempFolder();
        Assert.InRange(TimeStampCounter.Khz(Path.Combine(folder.Path, "tsc-khz")), 500_000, 7_000_000);
    }
}
