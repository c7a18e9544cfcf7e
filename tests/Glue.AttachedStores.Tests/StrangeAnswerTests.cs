using Glue.AttachedStores.Api;
using Glue.AttachedStores.Notifications;
using Glue.AttachedStores.Requests;
using Glue.AttachedStores.Stores;
using Glue.AttachedStores.Tests.Polling;
using Glue.AttachedStores.Topics;
using Glue.Contracts.Storage;
using Glue.Foundation.Signing;
using Glue.Foundation.Sqlite;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Glue.AttachedStores.Tests;

/// <summary>Whoever attaches a store decides what it answers: that concerns this store alone.</summary>
public sealed class StrangeAnswerTests
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(60);

    private static readonly string Deep = string.Concat(Enumerable.Repeat("<a>", 300_000)) + string.Concat(Enumerable.Repeat("</a>", 300_000));

    public static TheoryData<string, string> Answers => new()
    {
        { "application/xml", "<NotificationConfiguration><QueueConfiguration><Id>a&#1;b</Id></QueueConfiguration></NotificationConfiguration>" },
        { "application/xml", Deep },
        { "application/xml; charset=bogus", "no XML" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_stores_answer_is_its_own_failure_and_the_loop_goes_on_with_the_others(string contentType, string answer)
    {
        await using var strange = await AnsweringStore.StartAsync(context => AnswerAsync(context, 200, contentType, answer));
        await using var sound = await AnsweringStore.StartAsync(context => AnswerAsync(context, 200, "application/xml", ""));
        using var folder = new TempFolder();
        await using var database = SqliteDatabase.Open(folder["state.db"]);
        using var http = new StoreHttp(new SigV4Signer(TimeProvider.System));
        var settings = new StoreSettings { TargetArn = "arn:minio:sqs::glue:webhook" };
        var stores = new Stores([strange.Store with { Name = "a", Settings = settings }, sound.Store with { Name = "b", Settings = settings }]);
        using var sync = new NotificationSync(
            stores, new Rules(), http, new CephTopics(http), new NotifiedBuckets(database), new StoreAddresses(static () => new Uri("http://127.0.0.1:1")), TimeProvider.System,
            NullLogger<NotificationSync>.Instance);
        await sync.StartAsync(CancellationToken.None);
        await ((IHostedLifecycleService)sync).StartedAsync(CancellationToken.None);
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); sync.StatusOf("b") != "notifications are set"; await Task.Delay(5))
        {
            Assert.True(clock.Elapsed < Budget, $"a: {sync.StatusOf("a")}; b: {sync.StatusOf("b")}");
        }

        Assert.NotEqual("notifications are set", sync.StatusOf("a"));
        Assert.NotEqual("not looked at yet", sync.StatusOf("a"));
        Assert.False(sync.ExecuteTask!.IsCompleted);
        await sync.StopAsync(CancellationToken.None);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    public async Task An_answer_is_read_as_utf8_whatever_charset_it_claims(int status)
    {
        await using var store = await AnsweringStore.StartAsync(context => AnswerAsync(context, status, "application/xml; charset=bogus", "\uFEFF<Error><Code>Öl</Code></Error>"));
        using var http = new StoreHttp(new SigV4Signer(TimeProvider.System));
        var call = http.CallAsync(store.Store, HttpMethod.Get, StoreUrl.Of(store.Store, bucket: null));
        Assert.Equal("Öl", status == 200 ? (await call)!.Value : (await Assert.ThrowsAsync<StoreException>(() => call)).Code);
    }

    [Theory]
    [InlineData(200, "nested more than 64 deep")]
    [InlineData(500, "answered 500 500")]
    public async Task An_answer_that_is_nested_too_deeply_is_refused_before_it_costs_anything(int status, string message)
    {
        await using var store = await AnsweringStore.StartAsync(context => AnswerAsync(context, status, "application/xml", Deep));
        using var http = new StoreHttp(new SigV4Signer(TimeProvider.System));
        var refused = await Assert.ThrowsAsync<StoreException>(() => http.CallAsync(store.Store, HttpMethod.Get, StoreUrl.Of(store.Store, bucket: null)));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a..b:9092")]
    [InlineData("a:99999")]
    [InlineData("a:0")]
    [InlineData("[::::]:9092")]
    [InlineData("a:9092,b..c:9092")]
    public void A_broker_that_is_no_address_is_refused_when_the_store_is_attached(string servers)
    {
        var refused = Assert.Throws<StoreRefusal>(() => StoreTopic.Of(servers, "events"));
        Assert.Equal(400, refused.Status);
        Assert.Contains(servers, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a:9092")]
    [InlineData("kafka_1.example-net.org:65535")]
    [InlineData("[::1]:9092,10.0.0.5:9092")]
    public void A_broker_that_is_admitted_has_an_address_for_the_store(string servers)
    {
        var topic = StoreTopic.Of(servers, "events");
        var store = PollUnderTest.Attached with { Notify = StoreNotify.Kafka, Settings = new StoreSettings { KafkaServers = topic.ServerList, KafkaTopic = topic.Name } };
        Assert.Equal($"kafka://{servers.Split(',')[0]}/events", new StoreAddresses(static () => new Uri("http://127.0.0.1:1")).EventsOf(store).ToString());
    }

    private static Task AnswerAsync(HttpContext context, int status, string contentType, string answer)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.ContentType = contentType;
        return context.Response.Body.WriteAsync(System.Text.Encoding.UTF8.GetBytes(answer)).AsTask();
    }

    private sealed class Stores(IReadOnlyList<AttachedStore> all) : IAttachedStores
    {
        public IReadOnlyList<AttachedStore> All => all;

        public Task NextChange { get; } = new TaskCompletionSource().Task;

        public AttachedStore? Find(string name) => all.FirstOrDefault(store => store.Name == name);
    }

    private sealed class Rules : IStoreRules
    {
        private readonly Dictionary<string, BucketNotificationConfiguration> _all = new(StringComparer.Ordinal)
        {
            ["photos"] = new BucketNotificationConfiguration([PollUnderTest.Rule("in/", DateTimeOffset.UnixEpoch)]),
        };

        public Task NextChange { get; } = new TaskCompletionSource().Task;

        public IReadOnlyDictionary<string, BucketNotificationConfiguration> Of(string store) => _all;

        public Task<BucketNotificationConfiguration> GetAsync(string accountId, BucketAddress bucket, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task PutAsync(string accountId, BucketAddress bucket, BucketNotificationConfiguration rules, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
