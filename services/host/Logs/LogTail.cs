using Glue.Host.Client;

namespace Glue.Host.Logs;

/// <summary>Shows each line of a group once, in order of time, however often it is read.</summary>
internal sealed class LogTail(LogsApiClient logs, string group, string? pattern, long startMs, Action<LogEventView> show)
{
    private readonly HashSet<string> _shownOfLast = []; // lines of the millisecond at which the next read begins
    private long _lastMs = startMs;

    /// <summary>Shows what came since the last call.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        var fromMs = _lastMs;
        string? token = null;
        do
        {
            var page = await logs.FilterAsync(group, fromMs, pattern, token, cancellationToken);
            foreach (var line in page?.Events ?? [])
            {
                if (line.Timestamp > _lastMs)
                {
                    _lastMs = line.Timestamp;
                    _shownOfLast.Clear();
                }

                if (_shownOfLast.Add(line.EventId))
                {
                    show(line);
                }
            }

            token = page?.NextToken;
        }
        while (token is not null);
    }
}
