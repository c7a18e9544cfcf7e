using Glue.StorageEvents.Intake;

namespace Glue.StorageEvents.Tests.Intake;

/// <summary>
/// Golden ids. A Glue that computes others takes every record it reads again (after a crash, a replay, a store's retry) for a new
/// one and runs functions twice. The values were computed by another program (Python's hashlib) from the definition.
/// </summary>
public sealed class InvocationIdTests
{
    private const string Arn = "arn:aws:lambda:us-east-1:000000000000:function:thumbnail";

    [Fact]
    public void The_id_of_a_record_and_a_rule_never_changes()
    {
        Assert.Equal("0055aed6-dcd9-8d60-9428-3f452a75625b", InvocationId.Of(Changes.Put(), "thumbnails", Arn));
        Assert.Equal("0055aed6-dcd9-81f4-852d-328e0d98f61b", InvocationId.Of(Changes.Delete("für/🐈.png") with { VersionId = "v1" }, "thumbnails", Arn));
        Assert.Equal("01a1fdfa-4607-8c65-8856-1d9941a74f51", InvocationId.Of(Changes.Put() with { Sequencer = "" }, "thumbnails", Arn));
    }

    [Fact]
    public void It_is_a_UUID_of_version_8()
    {
        var id = InvocationId.Of(Changes.Put(), "thumbnails", Arn);
        Assert.Equal('8', id[14]);
        Assert.Contains(id[19], "89ab");
        Assert.Equal(id, Guid.Parse(id).ToString());
    }

    [Fact]
    public void Ids_rise_with_the_sequencer_as_the_stores_count_it() => Assert.True(string.CompareOrdinal(
        InvocationId.Of(Changes.Put() with { Sequencer = "0006443F3D1D2000" }, "r", Arn), InvocationId.Of(Changes.Put() with { Sequencer = "0006443F3D1E0000" }, "r", Arn)) < 0);

    [Fact]
    public void Everything_that_makes_another_event_or_rule_makes_another_id()
    {
        var put = Changes.Put();
        string[] ids =
        [
            InvocationId.Of(put, "r", Arn),
            InvocationId.Of(put with { Bucket = "other" }, "r", Arn),
            InvocationId.Of(put with { Key = "other" }, "r", Arn),
            InvocationId.Of(put with { VersionId = "v" }, "r", Arn),
            InvocationId.Of(put with { ETag = "e" }, "r", Arn),
            InvocationId.Of(put with { Sequencer = "1" }, "r", Arn),
            InvocationId.Of(put with { Sequencer = "" }, "r", Arn),
            InvocationId.Of(put with { Sequencer = "", Time = put.Time.AddSeconds(1) }, "r", Arn),
            InvocationId.Of(put with { EventName = "ObjectCreated:Post" }, "r", Arn),
            InvocationId.Of(put, "r2", Arn),
            InvocationId.Of(put, "r", Arn + ":live"),
            InvocationId.Of(put with { Bucket = "photosin", Key = "/cat.jpg" }, "r", Arn), // same text, split elsewhere
        ];
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public void Who_did_it_and_when_it_was_written_down_do_not_matter() => Assert.Equal(
        InvocationId.Of(Changes.Put(), "r", Arn),
        InvocationId.Of(Changes.Put() with { Time = Changes.Noon.AddHours(1), RequestId = "x", LineageDepth = 4, SourceIpAddress = "::1" }, "r", Arn));
}
