using System.Text;
using System.Xml;
using Glue.Foundation.S3;

namespace Glue.Foundation.Tests.S3;

public sealed class S3XmlTests
{
    [Theory]
    [InlineData("<a>&#xD800;</a>")]
    [InlineData("<a>&#xDC00;&#xD800;</a>")]
    [InlineData("<a b='&#xDFFF;'/>")]
    [InlineData("<a>&#xD83D;<!-- -->&#xDE00;</a>")]
    [InlineData("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>")]
    [InlineData("<a>")]
    [InlineData("")]
    public void What_could_not_be_written_again_is_refused(string document)
    {
        Assert.Throws<XmlException>(() => S3Xml.Parse(Encoding.UTF8.GetBytes(document)));
        Assert.Throws<XmlException>(() => S3Xml.Parse(document, holdsKeys: true));
    }

    [Fact]
    public void Control_characters_are_for_keys()
    {
        Assert.Throws<XmlException>(() => S3Xml.Parse("<a>&#1;</a>"));
        Assert.Equal("\u0001", S3Xml.Parse("<a>&#1;</a>", holdsKeys: true).Value);
    }

    [Fact]
    public void A_document_that_is_nested_without_end_is_refused_before_a_tree_is_made_of_it() =>
        Assert.Throws<XmlException>(() => S3Xml.Parse(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("<a>", 1_000_000)))));

    [Theory]
    [InlineData(" ")]
    [InlineData("\t\n")]
    [InlineData("a\rb\r\nc")]
    [InlineData("\u0001\ufffe \ud83d\ude00")]
    public void A_key_is_read_as_it_was_written(string key)
    {
        var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, S3Xml.Writing))
        {
            xml.WriteElementString("Key", key);
        }

        Assert.Equal(key, S3Xml.Parse(bytes.ToArray(), holdsKeys: true).Value);
    }
}
