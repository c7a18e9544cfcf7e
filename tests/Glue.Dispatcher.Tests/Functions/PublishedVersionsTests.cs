using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.Tests.Functions;

public sealed class PublishedVersionsTests
{
    private static readonly FunctionState Function = new()
    {
        AccountId = "000000000000", Name = "f", RevisionId = "r", Runtime = "python3.12", Handler = "h", Role = "x", CodeSha256 = "c", CodeSizeBytes = 1,
        Architecture = "x86_64", LastModified = default,
    };

    [Fact]
    public void Versions_are_found_by_their_number_alone_and_the_last_is_the_newest_that_is_there()
    {
        var versions = Of(1, 2, 9, 10, 100);

        Assert.Equal(["1", "2", "9", "10", "100"], versions.Select(static version => version.Version));
        Assert.Equal(("9", "100", 5), (versions.Find("9")!.Version, versions.Last!.Version, versions.Count));
        Assert.All(["0", "3", "101", "09", "-1", "live", "$LATEST", ""], name => Assert.Null(versions.Find(name)));
        Assert.Equal(["1", "2", "10", "100"], versions.Without("9").Select(static version => version.Version));
        Assert.Equal("10", versions.Without("100").Last!.Version);
        Assert.Same(versions, versions.Without("3"));
        Assert.Null(PublishedVersions.None.Last);
    }

    [Fact]
    public void A_change_of_a_function_with_ten_thousand_versions_makes_as_little_as_one_of_a_function_with_ten()
    {
        var (few, many) = (Of([.. Enumerable.Range(1, 10)]), Of([.. Enumerable.Range(1, 10_000)]));
        _ = Change(few); // what is made once for all

        Assert.InRange(Change(many), 1, Change(few) + 4096); // a few levels of a tree more
    }

    /// <returns>Bytes that a publication and a call of the new version allocate.</returns>
    private static long Change(PublishedVersions versions)
    {
        var published = Function.Publish(versions.Count + 1, null, "r", default);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var function = new DeployedFunction(Function, versions.With(published), "us-east-1");
        Assert.NotNull(function.Resolve(published.Version));
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static PublishedVersions Of(params IEnumerable<int> numbers) =>
        PublishedVersions.Of(numbers.Select(static number => Function.Publish(number, null, "r", default)));
}
