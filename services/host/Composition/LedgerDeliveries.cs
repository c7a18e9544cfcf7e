using Glue.Contracts.Invocations;
using Glue.Dispatcher;
using Glue.Dispatcher.Ledger;
using Glue.StorageEvents.Replays;

namespace Glue.Host.Composition;

/// <summary>The ledger knows what was delivered, as long as it keeps it.</summary>
internal sealed class LedgerDeliveries(ILedger ledger, DispatcherOptions options, TimeProvider time) : IDeliveries
{
    // More invocations of one object than these, all newer than its last change, would be of other rules.
    private const int Looked = 1000;

    // The ledger forgets in steps: of what is almost that old, some may be gone already.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(10);

    public DateTimeOffset RememberedSince => time.GetUtcNow() - options.LedgerRetention + Margin;

    public bool Has(Invocation invocation, DateTimeOffset modifiedAt)
    {
        var source = invocation.Source;
        return ledger.List(new LedgerQuery { AccountId = invocation.AccountId, Bucket = source.Bucket, ObjectKey = source.ObjectKey, Limit = Looked })
            .Any(entry => entry.Source.RuleId == source.RuleId && entry.FunctionName == invocation.FunctionName
                && (entry.Source.Sequencer == source.Sequencer || entry.AcceptedAt >= modifiedAt));
    }
}
