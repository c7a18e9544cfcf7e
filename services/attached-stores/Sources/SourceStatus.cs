namespace Glue.AttachedStores.Sources;

/// <summary>How a store's source is doing, for people. Thread-safe.</summary>
internal sealed class SourceStatus
{
    private volatile Said _said = new("not begun yet", IsWorking: false);

    public string Text => _said.Text;

    /// <summary>Changes come in, as far as it can know.</summary>
    public bool IsWorking => _said.IsWorking;

    /// <summary>It works; a failure after this begins with the shortest pause again.</summary>
    public void Working(string text) => _said = new(text, IsWorking: true);

    public void Failing(string text) => _said = new(text, IsWorking: false);

    private sealed record Said(string Text, bool IsWorking);
}
