using System.Diagnostics.Metrics;
using Glue.AttachedStores.Buckets;
using Glue.AttachedStores.Polling;
using Glue.AttachedStores.Stores;
using Glue.Contracts.Storage;
using Glue.Foundation.Signing;
using Glue.Foundation.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Glue.AttachedStores.Tests.Polling;

/// <summary>Polling of one bucket <c>other/photos</c> on a real disk; a restart forgets all that is not on it.</summary>
internal sealed class PollUnderTest : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly SqliteDatabase _database;
    private readonly DateTimeOffset? _since;
    private BucketPoll? _poll;

    /// <param name="store">What is polled.</param>
    /// <param name="options">How.</param>
    /// <param name="existing">What is there at first is told too.</param>
    public PollUnderTest(ListedStore store, PollOptions? options = null, bool existing = false)
    {
        (Store, Options) = (store, options ?? new PollOptions());
        _database = SqliteDatabase.Open(_folder["polls.db"]);
        Table = new PollTable(_database);
        Metrics = new PollMetrics(_services.GetRequiredService<IMeterFactory>());
        _since = existing ? null : Time.GetUtcNow();
    }

    public static AttachedStore Attached { get; } = new()
    {
        Name = "other", AccountId = "000000000000", Endpoint = new Uri("http://127.0.0.1:1"), Region = "us-east-1", IsPathStyle = true,
        Credential = new Credential("key", "secret", "000000000000", "000000000000"), Notify = StoreNotify.Poll, Token = "token", CreatedAt = DateTimeOffset.UnixEpoch,
    };

    public ListedStore Store { get; }

    public PollOptions Options { get; }

    public ManualTimeProvider Time { get; } = new();

    public ToldEvents Events { get; } = new();

    public PollTable Table { get; }

    public PollMetrics Metrics { get; }

    /// <summary>Of the database and its journal.</summary>
    public long DiskBytes => new DirectoryInfo(_folder.Path).EnumerateFiles().Sum(static file => file.Length);

    public IReadOnlyList<BucketRule> Rules { get; private set; } = [];

    public PolledBucket State => Table.Of(Attached.Name).Single();

    public static BucketRule Rule(string prefix, DateTimeOffset addedAt, string suffix = "", params string[] events) => new()
    {
        Id = $"{prefix}*{suffix}", FunctionArn = "arn:aws:lambda:us-east-1:000000000000:function:f", Prefix = prefix, Suffix = suffix, AddedAt = addedAt,
        Events = events.Length > 0 ? events : ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"],
    };

    /// <summary>Rules of these prefixes, all made now; what has a rule already keeps it.</summary>
    public Task SetRulesAsync(params IEnumerable<string> prefixes)
    {
        Time.Advance(TimeSpan.FromMilliseconds(7)); // later than what was put
        return PutRulesAsync([.. prefixes.Select(prefix => Rules.FirstOrDefault(rule => rule.Prefix == prefix) ?? Rule(prefix, Time.GetUtcNow()))]);
    }

    public async Task PutRulesAsync(IReadOnlyList<BucketRule> rules)
    {
        Rules = rules;
        var state = Table.Of(Attached.Name) is [var known] ? known : await Table.AddAsync(new PolledBucket { Store = Attached.Name, Bucket = "photos" });
        await Table.SaveAsync(state.With(rules, _since, Time.GetUtcNow()), diff: null, []);
        Restart();
    }

    /// <summary>As after a kill: only the disk knows how far it was.</summary>
    public void Restart() => _poll = null;

    public BucketPoll Poll() => _poll ??= new BucketPoll(Attached, Rules, Table, Store, Store, Events, Metrics, Options, Time) { State = State };

    /// <summary>One listing, or the rest of one.</summary>
    public Task RunAsync() => Poll().RunAsync(CancellationToken.None);

    /// <summary><c>+KEY ETAG TIME</c> or <c>-KEY</c>.</summary>
    public static string Text(ObjectChange change) =>
        change.EventName == OwedEvent.Removed ? $"-{change.Key}" : Text(new ListedObject(change.Key, change.ETag!, change.Size!.Value, change.Time));

    public static string Text(ListedObject found) => $"+{found.Key} {found.ETag} {found.ModifiedAt:HH:mm:ss.fff}";

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _services.DisposeAsync();
        _folder.Dispose();
    }
}
