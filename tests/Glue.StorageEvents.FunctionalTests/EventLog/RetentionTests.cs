using Glue.StorageEvents.FunctionalTests.Intake;
using Glue.StorageEvents.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Glue.StorageEvents.FunctionalTests.EventLog;

public sealed class RetentionTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SettableTime _time = new();
    private readonly RecordingIntake _intake = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Handled_records_are_kept_seven_days_and_those_put_aside_too()
    {
        await using (var first = await StartAsync())
        {
            await first.RecordAsync(Changes.Put("a"), Changes.Put("b"));
            await first.AppendAsync("not an event");
            await UntilAsync(() => first.Rejected.Newest(1).Count == 1);
        }

        _time.Now += TimeSpan.FromDays(7);
        await using (var onTheDay = await StartAsync())
        {
            await onTheDay.RecordAsync(Changes.Put("c"));
            Assert.Equal(4, Count(onTheDay));
        }

        _time.Now += TimeSpan.FromMinutes(1);
        await using var after = await StartAsync();
        await UntilAsync(() => Count(after) == 1 && after.Rejected.Newest(1).Count == 0);
    }

    private Task<StorageEventsUnderTest> StartAsync() => StorageEventsUnderTest.StartAsync(
        _folder, _intake, change: services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time)));

    private static long Count(StorageEventsUnderTest storageEvents) => storageEvents.Store.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM event_log";
        return (long)command.ExecuteScalar()!;
    });

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            await Task.Delay(5, limit.Token);
        }
    }
}
