namespace Glue.Dispatcher.Destinations;

/// <summary>
/// Something beside functions that can be told how an asynchronous invocation ended: a bucket, a webhook, a topic. The dispatcher sees to
/// durability, retries and dead letters; an implementation tries once.
/// </summary>
public interface IRecordDestination
{
    /// <summary>Is an ARN of this kind?</summary>
    bool Serves(string arn);

    /// <summary>Asked when somebody configures it.</summary>
    /// <returns>Why the account may not use it, in a sentence; null: it may.</returns>
    Task<string?> RefusalAsync(string accountId, string arn, CancellationToken cancellationToken);

    /// <summary>Delivers a record; the same one may come again.</summary>
    /// <exception cref="DeliveryFailedException">It was not taken; it is offered again later.</exception>
    Task DeliverAsync(OutcomeRecord record, CancellationToken cancellationToken);
}
