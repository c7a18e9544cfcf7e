namespace Glue.Dispatcher.EventSources;

/// <summary>A mapping while it is enabled: it may begin several times, should it break.</summary>
internal sealed class MappingLife
{
    public MappingStatus Status { get; } = new();

    /// <summary>Cancelled: it ends when what runs has ended.</summary>
    public CancellationTokenSource Ending { get; } = new();

    /// <summary>Cancelled: what runs is left.</summary>
    public CancellationTokenSource Aborting { get; } = new();

    /// <summary>Done when nothing of it runs any more.</summary>
    public Task? Task { get; set; }
}
