namespace Glue.Dispatcher.Fairness;

/// <summary>Somebody who takes turns in a <see cref="DeficitRing{T}"/>.</summary>
internal abstract class RingMember
{
    /// <summary>Cost it may still have served in this turn; negative after service that cost more than was expected.</summary>
    public long Credit { get; set; }

    /// <summary>When it last had a turn, in turns of the ring; null: never.</summary>
    public long? LastTurn { get; set; }

    /// <summary>Credit of one turn.</summary>
    public abstract long Quantum { get; }

    /// <summary>Has something to be served, and so a place in the ring.</summary>
    public bool IsInRing { get; set; }

    /// <summary>Cost of what it would have served next; negative: it may not be served now, and gets no credit meanwhile.</summary>
    public abstract long NextCost();
}
