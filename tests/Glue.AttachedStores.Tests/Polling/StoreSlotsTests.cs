using Glue.AttachedStores.Buckets;
using Glue.AttachedStores.Polling;
using Glue.AttachedStores.Stores;

namespace Glue.AttachedStores.Tests.Polling;

/// <summary>Stores that take every request and answer none, beside one that answers.</summary>
public sealed class StoreSlotsTests
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(60);

    private readonly PollOptions _options = new() { StoreRequestsAtOnce = 2, AccountRequestsAtOnce = 3, RequestsAtOnce = 4 };

    [Fact]
    public async Task A_store_that_never_answers_keeps_no_other_store_of_its_account_waiting_and_an_account_no_other_account()
    {
        using var slots = new StoreSlots(_options);
        using var stop = new CancellationTokenSource();
        var silent = new SilentStore();
        Ask("silent", "000000000001");
        Assert.Equal(2, silent.Asked);
        await AnsweredAsync("answers", "000000000001");
        Ask("silent-too", "000000000001");
        Assert.Equal(3, silent.Asked);
        await AnsweredAsync("answers", "000000000002");
        await stop.CancelAsync();
        foreach (var read in silent.Reads)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.WaitAsync(Budget));
        }

        await AnsweredAsync("answers", "000000000001");

        void Ask(string store, string account)
        {
            var attached = PollUnderTest.Attached with { Name = store, AccountId = account };
            var paced = Paced(silent, silent, attached);
            silent.Reads.AddRange(Enumerable.Range(0, 200).Select(number => ReadAsync(paced, attached, $"bucket-{number}", stop.Token)).ToList());
        }

        async Task AnsweredAsync(string store, string account)
        {
            var (attached, listed) = (PollUnderTest.Attached with { Name = store, AccountId = account }, new ListedStore(ListedStore.Order(isByFolder: false)));
            await ReadAsync(Paced(listed, listed, attached), attached, "photos", CancellationToken.None).WaitAsync(Budget);
        }

        PacedStore Paced(IObjectPages pages, IObjectLineage lineage, AttachedStore store) => new(pages, lineage, slots.Of(store), new StorePace(_options, new ManualTimeProvider()));
    }

    private static Task<ListedPage> ReadAsync(PacedStore paced, AttachedStore store, string bucket, CancellationToken cancellationToken) =>
        paced.ReadAsync(store, bucket, new PageRequest("", After: null, Token: null, 10), cancellationToken);

    private sealed class SilentStore : IObjectPages, IObjectLineage
    {
        public int Asked { get; private set; }

        public List<Task> Reads { get; } = [];

        public async Task<ListedPage> ReadAsync(AttachedStore store, string bucket, PageRequest request, CancellationToken cancellationToken)
        {
            Asked++;
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("it never answers");
        }

        public Task<int> DepthOfAsync(AttachedStore store, string bucket, string key, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
