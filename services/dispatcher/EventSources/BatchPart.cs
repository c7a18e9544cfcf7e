namespace Glue.Dispatcher.EventSources;

/// <summary>Records of a batch that are tried together.</summary>
/// <param name="Records">In their order.</param>
/// <param name="Errors">How often the function has failed on them.</param>
internal sealed record BatchPart(IReadOnlyList<SourceRecord> Records, int Errors)
{
    public BatchPart To(int count) => count >= Records.Count ? this : this with { Records = [.. Records.Take(count)] };

    public BatchPart From(int count) => this with { Records = [.. Records.Skip(count)] };
}
