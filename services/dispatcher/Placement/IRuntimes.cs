namespace Glue.Dispatcher.Placement;

/// <summary>Which runtimes the workers have.</summary>
public interface IRuntimes
{
    /// <summary>Why functions of a runtime cannot run here, and what to do; null when they can.</summary>
    string? WhyNot(string runtime);
}

/// <summary>Workers that were not asked.</summary>
internal sealed class AnyRuntime : IRuntimes
{
    public string? WhyNot(string runtime) => null;
}
