using Glue.AttachedStores.Buckets;
using Glue.AttachedStores.Requests;
using Glue.Foundation.Signing;
using Microsoft.AspNetCore.Http;

namespace Glue.AttachedStores.Tests;

/// <summary>Answers that no store should give, and some do: none of them may look like a bucket that is empty.</summary>
public sealed class ObjectPagesTests : IAsyncLifetime
{
    private readonly StoreHttp _http = new(new SigV4Signer(TimeProvider.System));
    private AnsweringStore _store = null!;
    private string _answer = "";
    private string _query = "";
    private string _path = "";
    private int _status = 200;

    public async Task InitializeAsync() => _store = await AnsweringStore.StartAsync(context =>
    {
        context.Response.StatusCode = _status;
        context.Response.Headers["x-amz-meta-glue-lineage"] = "2";
        _path = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget;
        _query = Uri.UnescapeDataString(context.Request.QueryString.Value!);
        return context.Response.WriteAsync(_answer);
    });

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _store.DisposeAsync();
    }

    [Theory]
    [InlineData("", "is no listing")]
    [InlineData("<html><body>Welcome</body></html>", "is no listing")]
    [InlineData("<ListBucketResult><Contents><Key>in/a</Key>", "no S3 answer")]
    [InlineData("<ListBucketResult></ListBucketResult>", "does not say whether it is the last")]
    [InlineData("<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>", "does not say how to go on")]
    [InlineData("<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>in/a</Key><Size>1</Size></Contents></ListBucketResult>", "without a key, a time or a size ('in/a')")]
    [InlineData("<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>out/a</Key><Size>1</Size><LastModified>2026-11-21T12:00:00.000Z</LastModified></Contents></ListBucketResult>", "has the key 'out/a'")]
    public async Task What_is_no_whole_page_of_a_listing_is_refused(string answer, string why)
    {
        _answer = answer;
        var refused = await Assert.ThrowsAsync<StoreException>(() => ReadAsync(new PageRequest("in/", After: null, Token: null, 1000)));
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_is_read_as_the_store_wrote_it_and_the_next_asked_for_as_it_said()
    {
        _answer = """
            <?xml version="1.0" encoding="UTF-8"?>
            <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>photos</Name><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
            <NextContinuationToken>1/go+on=</NextContinuationToken>
            <Contents><Key>in/a+b%2B%C3%BC.txt</Key><LastModified>2026-11-21T12:00:00.123Z</LastModified><ETag>&quot;e-2&quot;</ETag><Size>5</Size></Contents></ListBucketResult>
            """;
        var page = await ReadAsync(new PageRequest("in/", "in/0", Token: null, 7));
        Assert.Equal(new ListedObject("in/a b+ü.txt", "e-2", 5, new DateTimeOffset(2026, 11, 21, 12, 0, 0, 123, TimeSpan.Zero)), Assert.Single(page.Objects));
        Assert.Equal((true, "1/go+on="), (page.IsTruncated, page.Next));
        Assert.NotNull(page.StoreTime);
        Assert.Contains("max-keys=7&prefix=in/&start-after=in/0", _query, StringComparison.Ordinal);
        await ReadAsync(new PageRequest("in/", "in/0", page.Next, 7));
        Assert.Contains("continuation-token=1/go+on=", _query, StringComparison.Ordinal);
        Assert.DoesNotContain("start-after", _query, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, 2)]
    [InlineData(403, 0)]
    [InlineData(404, 0)]
    public async Task An_objects_lineage_is_in_its_metadata_and_what_cannot_be_read_has_none(int status, int expected)
    {
        _status = status;
        Assert.Equal(expected, await DepthAsync("in/../a b+//ü.txt"));
        Assert.Equal("/photos/in/../a%20b%2B//%C3%BC.txt", _path);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_store_that_has_no_answer_is_asked_again_rather_than_a_chain_forgotten(int status)
    {
        _status = status;
        Assert.Equal(status, (await Assert.ThrowsAsync<StoreException>(() => DepthAsync("key"))).Status);
    }

    private Task<int> DepthAsync(string key) => new ObjectLineage(_http).DepthOfAsync(_store.Store, "photos", key, CancellationToken.None);

    private Task<ListedPage> ReadAsync(PageRequest request) => new ObjectPages(_http).ReadAsync(_store.Store, "photos", request, CancellationToken.None);
}
