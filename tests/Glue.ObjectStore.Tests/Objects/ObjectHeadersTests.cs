using Glue.ObjectStore.Http;
using Glue.ObjectStore.Objects;
using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Tests.Objects;

public sealed class ObjectHeadersTests
{
    [Theory]
    [InlineData("x-amz-meta-a(b)")]
    [InlineData("x-amz-meta-a b")]
    [InlineData("x-amz-meta-\u00fc")]
    [InlineData("x-amz-meta-a\r\nb")]
    public void A_name_of_metadata_that_no_answer_could_have_is_refused(string name)
    {
        var refused = Assert.Throws<S3Exception>(() => ObjectHeaders.Read(new HeaderDictionary { [name] = "v" }));

        Assert.Equal("InvalidArgument", refused.Error.Code);
    }

    [Fact]
    public void Such_a_name_of_an_object_that_is_there_already_is_left_out_of_its_answers()
    {
        var answer = new HeaderDictionary();

        ObjectHeaders.Parse("""{"Content-Type":"text/plain","x-amz-meta-a(b)":"v","x-amz-meta-fine":"w"}""").Send(answer);

        Assert.Equal(["Content-Type", "x-amz-meta-fine"], answer.Keys.Order());
    }
}
