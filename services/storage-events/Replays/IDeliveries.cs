using Glue.Contracts.Invocations;

namespace Glue.StorageEvents.Replays;

/// <summary>What was delivered already: the ledger.</summary>
public interface IDeliveries
{
    /// <summary>From then on nothing is forgotten: of what is older, an absence says nothing.</summary>
    DateTimeOffset RememberedSince { get; }

    /// <summary>
    /// Whether this rule has had an invocation for this state of the object, waiting and failed ones included: one with its sequencer, or any that was
    /// accepted after the object's last change (stores that lose events give sequencers that listings do not show).
    /// </summary>
    /// <param name="invocation">As it would be enqueued.</param>
    /// <param name="modifiedAt">When the object was last changed.</param>
    bool Has(Invocation invocation, DateTimeOffset modifiedAt);
}
