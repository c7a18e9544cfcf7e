using System.Text.Json;
using Glue.Contracts.Invocations;
using Glue.Dispatcher.Functions;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.Destinations;

/// <summary>
/// Deliveries to destinations that are no functions. Each is an entry of the invocation queue whose function name is the destination's ARN: put
/// there by the transaction that settles, served fairly, tried again with the queue's backoff, and at last a dead letter like any other.
/// </summary>
internal sealed class OutcomeDeliveries(IEnumerable<IRecordDestination> destinations, TimeProvider time, ILogger<OutcomeDeliveries> logger)
{
    /// <summary>Of a record: an event may nest 1,000 deep, and each function of a chain adds some.</summary>
    public const int MaxDepth = 2000;

    private readonly IRecordDestination[] _destinations = [.. destinations];

    /// <summary>No function's name holds a colon.</summary>
    public static bool IsDelivery(Invocation invocation) => invocation.FunctionName.StartsWith("arn:", StringComparison.Ordinal);

    /// <returns>Null: nothing here serves it.</returns>
    public IRecordDestination? Find(string arn) => Array.Find(_destinations, destination => destination.Serves(arn));

    /// <summary>Tries once.</summary>
    public async Task<InvokeOutcome> DeliverAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        try
        {
            var destination = Find(invocation.FunctionName) ?? throw new DeliveryFailedException("This installation does not serve such a destination (any more).");
            await destination.DeliverAsync(Record(invocation), cancellationToken);
            return new InvokeOutcome { Status = InvokeStatus.Succeeded, Duration = time.GetElapsedTime(started) };
        }
        catch (DeliveryFailedException e)
        {
            return NotTaken(e.Message, started);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Log.DeliveryBroke(logger, invocation.Id, invocation.FunctionName, e);
            return NotTaken($"Delivering failed here: {e.Message}", started);
        }
    }

    private InvokeOutcome NotTaken(string reason, long started) =>
        new() { Status = InvokeStatus.NotRun, Reason = reason, Duration = time.GetElapsedTime(started) };

    /// <summary>The record is of our own making: whose end it tells, and when that was, stand in it.</summary>
    private static OutcomeRecord Record(Invocation invocation)
    {
        using var record = JsonDocument.Parse(invocation.Payload, new JsonDocumentOptions { MaxDepth = MaxDepth });
        var arn = record.RootElement.GetProperty("requestContext").GetProperty("functionArn").GetString()!;
        return new OutcomeRecord
        {
            Id = invocation.Id,
            AccountId = invocation.AccountId,
            Arn = invocation.FunctionName,
            FunctionName = FunctionReference.TryParse(arn, out var function) ? function.Name : arn,
            EndedAt = record.RootElement.GetProperty("timestamp").GetDateTimeOffset(),
            LineageDepth = invocation.LineageDepth,
            Json = invocation.Payload,
        };
    }
}
