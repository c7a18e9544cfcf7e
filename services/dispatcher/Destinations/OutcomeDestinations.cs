using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Glue.Contracts.Invocations;
using Glue.Dispatcher.Functions;
using Glue.Dispatcher.Queue;

namespace Glue.Dispatcher.Destinations;

/// <summary>
/// OnSuccess and OnFailure: who hears of the end of an asynchronous invocation. What it is told is enqueued in the transaction that settles
/// it, so it is told exactly when the end is on disk, and at least once: a function by invoking it, anything else by a delivery
/// (<see cref="OutcomeDeliveries"/>).
/// </summary>
/// <remarks>
/// Functions that are each other's destination, or their own, would tell each other for ever: nobody is told of an end at twice the depth at which
/// a chain is stopped (<see cref="DispatcherOptions.MaxLineageDepth"/>); the dead letter stays.
/// </remarks>
internal sealed class OutcomeDestinations(DispatcherOptions options, TimeProvider time)
{
    private const int MaxEventBytes = 1024 * 1024;

    /// <returns>The settlement, with what its destination is to be told, where there is one.</returns>
    public Settlement Tell(Settlement settlement, LeasedInvocation leased, QualifiedFunction? function)
    {
        var config = function?.State.EventInvoke;
        var arn = settlement.Kind switch
        {
            SettlementKind.Done => config?.OnSuccess,
            SettlementKind.DeadLetter => config?.OnFailure,
            _ => null,
        };
        return arn is null || leased.Invocation.LineageDepth >= 2 * options.MaxLineageDepth ? settlement : settlement with { Follower = Follower(settlement, leased, function!, arn) };
    }

    private Invocation Follower(Settlement settlement, LeasedInvocation leased, QualifiedFunction function, string arn)
    {
        // A function that was deleted: its name stands, and the dead letter that comes of it tells.
        var cause = leased.Invocation;
        var target = FunctionReference.TryParse(arn, out var reference) ? reference : new FunctionReference(null, null, arn, null);
        var record = Record(settlement, leased, function, withPayloads: true);
        return new Invocation
        {
            // Deterministic: the repeat of a settlement tells nobody twice, and the end of a redriven one is told again.
            Id = $"{cause.Id}:{(settlement.Kind == SettlementKind.Done ? "success" : "failure")}:{cause.AcceptedAt.ToUnixTimeMilliseconds()}",
            AccountId = target.AccountId ?? cause.AccountId,
            FunctionName = target.Name,
            Qualifier = target.Qualifier,
            Payload = record.Length <= MaxEventBytes ? record : Record(settlement, leased, function, withPayloads: false),
            Source = new InvocationSource("destination"),
            LineageDepth = cause.LineageDepth + 1,
            TraceParent = cause.TraceParent,
            AcceptedAt = time.GetUtcNow(),
        };
    }

    /// <summary>AWS's invocation record (Lambda Developer Guide, "Capturing records of asynchronous invocations", read 2026-11).</summary>
    private ReadOnlyMemory<byte> Record(Settlement settlement, LeasedInvocation leased, QualifiedFunction function, bool withPayloads)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("version", "1.0");
            writer.WriteString("timestamp", time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
            writer.WriteStartObject("requestContext");
            writer.WriteString("requestId", leased.Invocation.Id);
            writer.WriteString("functionArn", $"{function.Arn}:{leased.Invocation.Qualifier ?? FunctionReference.Latest}");
            writer.WriteString("condition", Condition(settlement));
            writer.WriteNumber("approximateInvokeCount", leased.FunctionErrors + (settlement.Attempt is null ? 0 : 1));
            writer.WriteEndObject();
            if (withPayloads)
            {
                writer.WritePropertyName("requestPayload");
                WriteAny(writer, leased.Invocation.Payload);
            }

            WriteResponse(writer, settlement, function.Choose(leased.Invocation.Id).Version, withPayloads);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static void WriteResponse(Utf8JsonWriter writer, Settlement settlement, string executedVersion, bool withPayloads)
    {
        if (settlement.Attempt is not { Outcome: var outcome })
        {
            return;
        }

        writer.WriteStartObject("responseContext");
        writer.WriteNumber("statusCode", 200);
        writer.WriteString("executedVersion", executedVersion);
        if (outcome.Status == InvokeStatus.FunctionError)
        {
            writer.WriteString("functionError", "Unhandled");
        }

        writer.WriteEndObject();
        if (withPayloads)
        {
            writer.WritePropertyName("responsePayload");
            WriteAny(writer, outcome.Payload);
        }
    }

    /// <summary>
    /// JSON goes as it is, byte for byte (it may nest deeper than a writer checks, and escape half a surrogate pair); a runtime may answer what is
    /// not JSON: that goes as text.
    /// </summary>
    private static void WriteAny(Utf8JsonWriter writer, ReadOnlyMemory<byte> payload)
    {
        if (IsJson(payload.Span))
        {
            writer.WriteRawValue(payload.Span, skipInputValidation: true);
        }
        else
        {
            writer.WriteStringValue(System.Text.Encoding.UTF8.GetString(payload.Span));
        }
    }

    private static bool IsJson(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty || !Utf8.IsValid(payload))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = OutcomeDeliveries.MaxDepth });
            while (reader.Read())
            {
                // To the end.
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Condition(Settlement settlement) =>
        settlement.Kind == SettlementKind.Done ? "Success"
        : settlement.Attempt is not null ? "RetriesExhausted"
        : settlement.Reason?.StartsWith("Recursion", StringComparison.Ordinal) == true ? "RecursiveInvocationDetected"
        : "EventAgeExceeded";
}
