namespace Glue.StorageEvents.Intake;

/// <summary>Where messages go that could not be read (in whole or in part): kept for people, in nobody's way. SQLite, or a Kafka topic.</summary>
public interface IRejectedRecords
{
    /// <summary>Durable when it returns; a message that is already there is ignored.</summary>
    Task AddAsync(IReadOnlyList<RejectedRecord> batch, CancellationToken cancellationToken);
}
