using System.Diagnostics;
using System.Globalization;
using Glue.Workers;

namespace Glue.Bench;

/// <summary>Listens to the worker's traces of sandbox starts, and tells how long each stage took.</summary>
internal sealed class ColdStartStages : IDisposable
{
    private readonly ActivityListener _listener;
    private readonly Lock _lock = new();
    private readonly List<(string Stage, double Ms)> _all = [];

    public ColdStartStages()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source == WorkersTracing.Source,
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Add,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>One line: the median of each stage, in the order of their first appearance.</summary>
    public string Take()
    {
        lock (_lock)
        {
            // A start from a VMM that waited has no first stages.
            var starts = _all.Count(static each => each.Stage == "runtime polls");
            var line = string.Join(", ", _all.GroupBy(static each => each.Stage).Select(group => string.Create(
                CultureInfo.InvariantCulture, $"{group.Key} {group.Select(static each => each.Ms).Order().ElementAt(group.Count() / 2):0.0}{(group.Count() < starts ? $" ({group.Count()} of {starts})" : "")}")));
            _all.Clear();
            return line;
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Activity start)
    {
        var last = start.StartTimeUtc;
        lock (_lock)
        {
            foreach (var reached in start.Events)
            {
                _all.Add((reached.Name, (reached.Timestamp.UtcDateTime - last).TotalMilliseconds));
                last = reached.Timestamp.UtcDateTime;
            }
        }
    }
}
