using Confluent.Kafka;

namespace Glue.Foundation.Kafka;

/// <summary>Several messages at once, awaited together.</summary>
public static class KafkaBatch
{
    /// <summary>Returns once the broker has all of them. Messages of one key keep their order.</summary>
    /// <exception cref="KafkaException">It refused one of them; the others may be there.</exception>
    /// <exception cref="OperationCanceledException">Nobody waits any longer; they may come through all the same.</exception>
    public static async Task ProduceAsync(
        IProducer<byte[]?, byte[]> producer, string topic, IEnumerable<(byte[] Key, byte[] Value)> messages, CancellationToken cancellationToken)
    {
        var pending = new Pending();
        try
        {
            foreach (var (key, value) in messages)
            {
                pending.Add();
                producer.Produce(topic, new Message<byte[]?, byte[]> { Key = key, Value = value }, pending.Delivered);
            }
        }
        catch (ProduceException<byte[]?, byte[]> e)
        {
            pending.Failed(e.Error); // the queue in memory is full, or the message is too large for it: no report follows
        }

        pending.Delivered(null);
        await pending.All.WaitAsync(cancellationToken);
    }

    /// <summary>One report per message, and one from the caller when all are on their way.</summary>
    private sealed class Pending
    {
        private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _open = 1;
        private Error? _failure;

        public Task All => _all.Task;

        public void Add() => Interlocked.Increment(ref _open);

        public void Failed(Error error)
        {
            _failure ??= error;
            Delivered(null);
        }

        public void Delivered(DeliveryReport<byte[]?, byte[]>? report)
        {
            if (report?.Error is { IsError: true } error)
            {
                _failure ??= error;
            }

            if (Interlocked.Decrement(ref _open) > 0)
            {
                return;
            }

            if (_failure is { } failure)
            {
                _all.SetException(new KafkaException(failure));
            }
            else
            {
                _all.SetResult();
            }
        }
    }
}
