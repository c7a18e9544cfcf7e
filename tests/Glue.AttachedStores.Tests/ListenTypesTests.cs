using System.Collections.Concurrent;
using Glue.AttachedStores.Listening;
using Glue.AttachedStores.Requests;
using Glue.AttachedStores.Sources;
using Glue.AttachedStores.Stores;
using Glue.AttachedStores.Tests.Polling;
using Glue.Contracts.Storage;
using Glue.Foundation.Signing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Glue.AttachedStores.Tests;

/// <summary>A store that refuses a whole listen call for one type, as MinIO does: the bucket's other rules hear all the same.</summary>
public sealed class ListenTypesTests
{
    [Theory]
    [InlineData("s3:ObjectCreated:* s3:ObjectTagging:*", "s3:ObjectCreated:* s3:ObjectTagging:*", "listening")] // Glue's own
    [InlineData("s3:ObjectAccessed:Get s3:ObjectCreated:Put s3:ObjectTagging:*", "s3:ObjectAccessed:Get s3:ObjectCreated:Put", "the store does not know s3:ObjectTagging:*")]
    [InlineData("s3:ObjectAcl:Put s3:ObjectCreated:Put s3:Replication:*", "s3:ObjectCreated:*", "the store does not know s3:ObjectAcl:Put, s3:Replication:*")]
    [InlineData("s3:ObjectAcl:Put s3:LifecycleExpiration:*", "", "Store other answered 400 400 (asked for s3:ObjectAcl:Put, s3:LifecycleExpiration:*)")]
    public async Task A_refused_call_is_repeated_with_the_types_that_the_store_may_know(string wanted, string known, string status)
    {
        var asked = new ConcurrentQueue<string>();
        await using var store = await AnsweringStore.StartAsync(context =>
        {
            var types = string.Join(' ', context.Request.Query["events"].ToArray());
            asked.Enqueue(types);
            context.Response.StatusCode = types == known ? 200 : 400;
            context.Response.ContentType = "text/event-stream";
            return context.Response.CompleteAsync();
        });
        using var http = new StoreHttp(new SigV4Signer(TimeProvider.System));
        await using var gaps = new GapCloser(store.Store, "photos", new NoReconciliation(), new ManualTimeProvider(), NullLogger.Instance);
        var listener = new BucketListener(new ListenCall(http), new ToldEvents(), new ListenPace(), TimeProvider.System, NullLogger.Instance);
        var shown = new SourceStatus();
        var ended = await Assert.ThrowsAnyAsync<Exception>(() => listener.ListenAsync(store.Store, "photos", wanted.Split(' '), gaps, shown, CancellationToken.None));
        Assert.Equal(status, shown.IsWorking ? shown.Text : ended.Message);
        Assert.Equal(wanted, asked.First());
        Assert.DoesNotContain("", asked);
        Assert.True(known.Length == 0 || asked.Last() == known);
    }

    private sealed class NoReconciliation : IReconciliation
    {
        public TimeSpan Settle => TimeSpan.FromHours(1);

        public Task<bool> OrderAsync(string accountId, BucketAddress bucket, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
