namespace Glue.Dispatcher.Idempotency;

/// <summary>What an attempt asks of the outcomes that are kept.</summary>
internal interface IKeptOutcomes
{
    /// <returns>Null: none is kept.</returns>
    KeptOutcome? Find(IdempotencyKey key);
}
