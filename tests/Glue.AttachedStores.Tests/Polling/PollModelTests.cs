using System.Globalization;
using Glue.AttachedStores.Buckets;
using Glue.AttachedStores.Polling;
using Glue.Contracts.Storage;

namespace Glue.AttachedStores.Tests.Polling;

/// <summary>
/// Random stores, rules, page sizes and failures against a model. A failure stands for a kill: what is not on the disk is forgotten, and every line
/// between two writes is the same to the disk. <c>GLUE_POLL_SEEDS</c>: how many; default 12.
/// </summary>
public sealed class PollModelTests
{
    private static readonly string[] Folders = ["", "a/", "a-", "a/b/", "b/", "ü/", "\U0001F600/", "￮/"];

    private sealed class Killed : Exception;

    public static TheoryData<int, bool> Seeds()
    {
        var seeds = new TheoryData<int, bool>();
        for (var seed = 0; seed < int.Parse(Environment.GetEnvironmentVariable("GLUE_POLL_SEEDS") ?? "12", CultureInfo.InvariantCulture); seed++)
        {
            seeds.Add(seed, seed % 3 == 0);
        }

        return seeds;
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task What_is_told_is_what_differs_from_the_listing_before_whatever_breaks_off_in_between(int seed, bool isByFolder)
    {
        var random = new Random(seed);
        await using var polled = Start(random, isByFolder);
        Dictionary<string, ListedObject> before = [];
        IReadOnlyList<BucketRule> rulesBefore = [];
        for (var round = 0; round < 6; round++)
        {
            if (round == 0 || random.Next(3) == 0)
            {
                await polled.SetRulesAsync(random.GetItems(Folders, random.Next(1, 4)).Distinct());
            }

            for (var change = random.Next(0, 40); change > 0; change--)
            {
                Change(polled, random);
            }

            var told = polled.Events.All.Count;
            await RunAsync(polled, random);

            var (now, rules) = (polled.Store.Objects.ToDictionary(), polled.Rules);
            var made = now.Values.Where(found => Has(rules, found.Key) && (Has(rulesBefore, found.Key)
                ? !before.TryGetValue(found.Key, out var known) || known != found
                : found.ModifiedAt >= rules.Where(rule => found.Key.StartsWith(rule.Prefix, StringComparison.Ordinal)).MaxBy(static rule => rule.Prefix.Length)!.AddedAt));
            var gone = before.Keys.Where(key => Has(rules, key) && Has(rulesBefore, key) && !now.ContainsKey(key));
            Assert.Equal(
                made.Select(PollUnderTest.Text).Concat(gone.Select(static key => $"-{key}")).Order(StringComparer.Ordinal),
                polled.Events.All.Skip(told).Select(PollUnderTest.Text).Order(StringComparer.Ordinal));
            AssertInOrder(polled.Events.All);
            (before, rulesBefore) = (now, rules);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task What_changes_while_it_is_listed_is_told_by_the_next_listing_at_the_latest(int seed, bool isByFolder)
    {
        var random = new Random(seed);
        await using var polled = Start(random, isByFolder);
        await polled.SetRulesAsync("");
        var states = new HashSet<string>();
        for (var round = 0; round < 6; round++)
        {
            var isQuiet = round == 5;
            polled.Store.BeforePage = _ =>
            {
                for (var change = isQuiet ? 0 : random.Next(4); change > 0; change--)
                {
                    Change(polled, random);
                }

                states.UnionWith(polled.Store.Objects.Values.Select(PollUnderTest.Text));
            };
            await RunAsync(polled, random);
        }

        AssertInOrder(polled.Events.All);
        var told = polled.Events.All.GroupBy(static change => change.Key).ToDictionary(static key => key.Key, static key => key.Select(PollUnderTest.Text).ToList());
        Assert.All(told.Values.SelectMany(static texts => texts), text => Assert.True(text[0] == '-' || states.Contains(text), $"{text} was never there"));
        Assert.All(told.Values, static texts => Assert.All(texts.Zip(texts.Skip(1)), static two => Assert.NotEqual(two.First, two.Second)));
        Assert.All(told.Values, static texts => Assert.NotEqual('-', texts[0][0]));
        Assert.Equal(
            polled.Store.Objects.Values.Select(PollUnderTest.Text).Order(StringComparer.Ordinal),
            told.Values.Select(static texts => texts[^1]).Where(static text => text[0] == '+').Order(StringComparer.Ordinal));
    }

    private static PollUnderTest Start(Random random, bool isByFolder) => new(
        new ListedStore(ListedStore.Order(isByFolder)),
        new PollOptions { PageKeys = random.Next(1, 12), StepObjects = random.Next(1, 12), ToldAtOnce = random.Next(1, 12), SaveEvery = TimeSpan.FromSeconds(random.Next(3)) });

    private static bool Has(IReadOnlyList<BucketRule> rules, string key) => rules.Any(rule => key.StartsWith(rule.Prefix, StringComparison.Ordinal));

    /// <summary>A put, an overwrite with the same bytes, or a removal, a moment after the last one.</summary>
    private static void Change(PollUnderTest polled, Random random)
    {
        do
        {
            polled.Time.Advance(TimeSpan.FromMilliseconds(random.Next(1, 1500)));
        }
        while (polled.Time.GetUtcNow().Millisecond == 0); // a whole second may be any moment in it

        var key = random.GetItems(Folders, 1)[0] + random.Next(12);
        switch (random.Next(5))
        {
            case 0 when polled.Store.Objects.TryGetValue(key, out var known):
                polled.Store.Put(key, known.ETag, polled.Time.GetUtcNow(), known.Size);
                break;
            case 1 or 2:
                polled.Store.Delete(key);
                break;
            default:
                polled.Store.Put(key, $"{random.Next(1_000_000):x}", polled.Time.GetUtcNow(), random.Next(100));
                break;
        }
    }

    /// <summary>Until a listing is through: pages fail, the event log fails before and after it took a batch, and each time all memory is lost.</summary>
    private static async Task RunAsync(PollUnderTest polled, Random random)
    {
        var change = polled.Store.BeforePage;
        polled.Store.BeforePage = page =>
        {
            change(page);
            polled.Time.Advance(TimeSpan.FromMilliseconds(random.Next(1500)));
            Kill(10);
        };
        polled.Events.BeforeTaking = () => Kill(6);
        polled.Events.AfterTaking = () => Kill(6);
        for (var isThrough = false; !isThrough;)
        {
            try
            {
                polled.Time.Advance(TimeSpan.FromMilliseconds(random.Next(100)));
                await polled.RunAsync();
                isThrough = true;
            }
            catch (Killed)
            {
                if (random.Next(3) > 0)
                {
                    polled.Restart();
                }
            }
        }

        polled.Store.BeforePage = static _ => { };

        void Kill(int outOf)
        {
            if (random.Next(outOf) == 0)
            {
                throw new Killed();
            }
        }
    }

    private static void AssertInOrder(List<ObjectChange> told) => Assert.All(
        told.GroupBy(static change => change.Key), static ofKey => Assert.Equal(ofKey.Select(static change => change.Sequencer).Order(StringComparer.Ordinal), ofKey.Select(static change => change.Sequencer)));
}
