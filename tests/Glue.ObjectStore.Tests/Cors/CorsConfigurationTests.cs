using System.Xml.Linq;
using Glue.ObjectStore.Cors;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Tests.Cors;

public sealed class CorsConfigurationTests
{
    private const string Odd =
        "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod><ExposeHeader>a\nb</ExposeHeader><ExposeHeader> ETag </ExposeHeader></CORSRule></CORSConfiguration>";

    [Fact]
    public void An_exposed_header_that_is_none_is_refused() =>
        Assert.Equal("InvalidRequest", Assert.Throws<S3Exception>(() => CorsConfiguration.Check(XElement.Parse(Odd))).Error.Code);

    [Fact]
    public void Of_a_configuration_that_is_there_already_it_is_left_out() =>
        Assert.Equal(["ETag"], CorsConfiguration.Parse(Odd).Find("http://a", "GET", [])!.ExposedHeaders);
}
