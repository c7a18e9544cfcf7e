using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Glue.TestKit;

/// <summary>What a host logs, for a test to read: <c>ID MESSAGE</c>.</summary>
/// <param name="least">Below it nothing is kept.</param>
public sealed class LogLines(LogLevel least) : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _lines = [];

    public IReadOnlyCollection<string> All => _lines;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        _lines.Enqueue($"{eventId.Id} {formatter(state, exception)}");
    }

    public void Dispose()
    {
    }
}
