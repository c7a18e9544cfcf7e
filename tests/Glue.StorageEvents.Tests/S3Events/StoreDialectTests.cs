using System.Text;
using Glue.StorageEvents.S3Events;

namespace Glue.StorageEvents.Tests.S3Events;

/// <summary>What attached stores send becomes one event, whichever dialect they speak. The samples' origin: <c>tests/samples/README.md</c>.</summary>
public sealed class StoreDialectTests
{
    private static readonly EventOrigin Origin = new("other", "111111111111");

    [Theory]
    [InlineData("ceph-put", "ObjectCreated:Put", "in/hello.txt", 12, "6f5902ac237024bdd0c176cb93063dc4", "6B006D582ED63746")]
    [InlineData("ceph-multipart", "ObjectCreated:CompleteMultipartUpload", "in/big.bin", 5243880, "74ba155306787191cfd2faca195c6e64-2", "6B006D5E28E6F82A")]
    [InlineData("ceph-delete", "ObjectRemoved:Delete", "in/hello.txt", null, null, "6B006D602C21087A")]
    [InlineData("minio-put", "ObjectCreated:Put", "in/für élan.jpg", 12, "6f5902ac237024bdd0c176cb93063dc4", "18EB1F2A3C4D5E6F")]
    [InlineData("minio-delete", "ObjectRemoved:Delete", "in/für élan.jpg", null, null, "18EB1F2A3C4D5E6F")]
    [InlineData("rustfs-put", "ObjectCreated:Put", "in/für élan.jpg", 12, "6f5902ac237024bdd0c176cb93063dc4", "18EB1F2A3C4D5E6F")]
    [InlineData("versitygw-put", "ObjectCreated:Put", "in/für+élan.jpg", 12, "6f5902ac237024bdd0c176cb93063dc4", "019AA1F3D4C0000000000000001A")]
    [InlineData("aws-put", "ObjectCreated:Put", "in/für élan.jpg", 12, "6f5902ac237024bdd0c176cb93063dc4", "0055AED6DCD90281E5")]
    public void Names_keys_sizes_eTags_and_sequencers_are_told_alike(string sample, string name, string key, int? size, string? eTag, string sequencer)
    {
        var (records, faults) = Read(File.ReadAllBytes(Repository.Path($"tests/samples/{sample}.json")));
        Assert.Empty(faults);
        var record = Assert.Single(records);
        Assert.Equal((name, key, (long?)size, eTag, null), (record.Change.EventName, record.Change.Key, record.Change.Size, record.Change.ETag, record.Change.VersionId));
        if (sample == "versitygw-put")
        {
            sequencer = $"{record.Change.Time.ToUnixTimeMilliseconds():X12}000000000000001A";
        }

        Assert.Equal(sequencer, record.Change.Sequencer);
        Assert.Equal(("other", "111111111111"), (record.Change.Store, record.Account));
    }

    [Fact]
    public void A_test_event_says_nothing()
    {
        var (records, faults) = Read(File.ReadAllBytes(Repository.Path("tests/samples/test-event.json")));
        Assert.Empty(records);
        Assert.Empty(faults);
    }

    [Fact]
    public void The_chain_of_causes_comes_back_in_the_objects_metadata() =>
        Assert.Equal(3, Read(File.ReadAllBytes(Repository.Path("tests/samples/minio-put.json"))).Records[0].Change.LineageDepth);

    [Fact]
    public void A_message_cannot_claim_another_store_account_or_chain()
    {
        var (records, _) = Read(Encoding.UTF8.GetBytes(
            """{"Records":[{"eventName":"ObjectCreated:Put","glue":{"account":"000000000000","store":"victim","lineageDepth":0},"s3":{"bucket":{"name":"b","ownerIdentity":{"principalId":"000000000000"}},"object":{"key":"k","metadata":[{"key":"x-amz-meta-glue-lineage","val":"5"}]}}}]}"""));
        var change = Assert.Single(records).Change;
        Assert.Equal(("other", "111111111111", "111111111111", 5), (change.Store, records[0].Account, change.BucketOwner, change.LineageDepth));
    }

    [Fact]
    public void What_is_logged_is_read_back_with_its_store_and_the_function_sees_the_plain_bucket()
    {
        var change = Read(File.ReadAllBytes(Repository.Path("tests/samples/ceph-put.json"))).Records[0].Change;
        var (again, faults) = (new List<S3EventRecord>(), new List<string>());
        S3EventReader.Read(S3EventWriter.Logged(change, "us-east-1"), change.Time, again, faults);
        Assert.Empty(faults);
        Assert.Equal($"other/{change.Bucket}", Assert.Single(again).Change.Address.ToString());
        Assert.DoesNotContain("other", Encoding.UTF8.GetString(S3EventWriter.ForFunction(change, "us-east-1", "rule")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"metadata":[{"key":"\ud800","val":"\ud800"}]}""")]
    [InlineData("""{"metadata":7,"userMetadata":[1]}""")]
    public void Odd_metadata_does_no_harm(string extra)
    {
        var (records, faults) = Read(Encoding.UTF8.GetBytes(
            """{"Records":[{"eventSource":"ceph:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"k",EXTRA}}}]}""".Replace("EXTRA", extra[1..^1], StringComparison.Ordinal)));
        Assert.Equal(1, records.Count + faults.Count);
    }

    private static (List<S3EventRecord> Records, List<string> Faults) Read(byte[] json)
    {
        var (records, faults) = (new List<S3EventRecord>(), new List<string>());
        S3EventReader.Read(json, Changes.Noon, records, faults, Origin);
        return (records, faults);
    }
}
