namespace Glue.AttachedStores.Listening;

/// <summary>How listening takes its time.</summary>
internal sealed record ListenPace
{
    /// <summary>The store is asked for a sign of life this often. Whole seconds.</summary>
    public TimeSpan Ping { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A connection on which nothing came for so long is dead, whatever TCP says.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>When events waited for so long to become durable, the store may have dropped others meanwhile: MinIO does, with a full buffer, and does not tell.</summary>
    public TimeSpan HeldUp { get; init; } = TimeSpan.FromSeconds(2);
}
