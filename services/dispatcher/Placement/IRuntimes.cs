namespace Glue.Dispatcher.Placement;

/// <summary>Which runtimes the workers have.</summary>
public interface IRuntimes
{
    /// <summary>Why functions of a runtime cannot run here, and what to do; null when they can.</summary>
    string? WhyNot(string runtime);

    /// <summary>The exact runtime behind a name, as AWS names it: <c>arn:aws:lambda:REGION::runtime:DIGEST</c>. Another one whenever its interpreter is.</summary>
    string VersionArn(string runtime, string region);
}

/// <summary>Workers that were not asked.</summary>
internal sealed class AnyRuntime : IRuntimes
{
    public string? WhyNot(string runtime) => null;

    public string VersionArn(string runtime, string region) => $"arn:aws:lambda:{region}::runtime:{runtime}";
}
