using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Glue.StorageEvents.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void The_defaults_are_valid() => Add(new StorageEventsOptions());

    [Fact]
    public void All_faults_are_said_at_once_and_before_anything_starts()
    {
        var refusal = Assert.Throws<OptionsValidationException>(
            () => Add(new StorageEventsOptions { BatchRecords = 0, Retention = TimeSpan.Zero, Region = "" }));
        Assert.Collection(
            refusal.Failures.Order(StringComparer.Ordinal),
            fault => Assert.Contains("BatchRecords", fault, StringComparison.Ordinal),
            fault => Assert.Contains("Region", fault, StringComparison.Ordinal),
            fault => Assert.Contains("Retention", fault, StringComparison.Ordinal));
    }

    private static void Add(StorageEventsOptions options) =>
        new ServiceCollection().AddStorageEvents(options, _ => throw new InvalidOperationException(), _ => throw new InvalidOperationException());
}
