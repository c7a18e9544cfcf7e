namespace Glue.Dispatcher.EventSources;

/// <summary>How a mapping that runs is doing, for <c>State</c> and <c>LastProcessingResult</c>. Since the process started.</summary>
internal sealed class MappingStatus
{
    private const string Nothing = "No records processed";

    private volatile string _result = Nothing;
    private volatile bool _isReading;

    /// <summary>It reads its topic, or has said why not.</summary>
    public bool IsReading => _isReading;

    public string LastProcessingResult => _result;

    public void Ok() => _result = "OK";

    public void Problem(string what) => _result = $"PROBLEM: {what}";

    public void Reading() => _isReading = true;

    /// <summary>The cluster cannot be read. What it says is known at once, so the mapping counts as enabled, as Lambda's does.</summary>
    public void Unreadable(string what)
    {
        Problem(what);
        _isReading = true;
    }
}
