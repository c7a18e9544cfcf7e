using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Xunit.Abstractions;

namespace Glue.StorageEvents.FunctionalTests.Kafka;

/// <summary>Shows a failed test's log, and tells which messages there were.</summary>
internal sealed class TestLog<T>(ITestOutputHelper output) : ILogger<T>
{
    private readonly ConcurrentQueue<int> _ids = new();

    public IReadOnlyCollection<int> Ids => _ids;

    public async Task SaidAsync(int id, CancellationToken cancellationToken)
    {
        while (!_ids.Contains(id))
        {
            await Task.Delay(10, cancellationToken);
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _ids.Enqueue(eventId.Id);
        try
        {
            output.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {eventId.Id} {formatter(state, exception)} {exception?.Message}");
        }
        catch (InvalidOperationException)
        {
            // A client that says goodbye after its test: xunit no longer listens.
        }
    }
}
