namespace Glue.AttachedStores.Sources;

/// <summary>How a store's source is doing, for people. Thread-safe.</summary>
internal sealed class SourceStatus
{
    private volatile Func<(string Text, bool IsWorking)> _look = static () => ("beginning", false);

    public string Text => _look().Text;

    /// <summary>Changes come in, as far as it can know.</summary>
    public bool IsWorking => _look().IsWorking;

    /// <summary>It works; a failure after this begins with the shortest pause again.</summary>
    public void Working(string text) => _look = () => (text, true);

    public void Failing(string text) => _look = () => (text, false);

    /// <summary>It is made of parts, and looked up when asked for.</summary>
    public void Follow(Func<(string Text, bool IsWorking)> look) => _look = look;
}
