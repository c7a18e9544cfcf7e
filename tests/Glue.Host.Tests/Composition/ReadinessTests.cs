using System.Text;
using Glue.Host.Composition;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Glue.Host.Tests.Composition;

public sealed class ReadinessTests
{
    [Fact]
    public async Task Healthz_answers_503_until_everything_is_up_and_200_from_then_on()
    {
        var readiness = new Readiness();
        Assert.Equal((503, "starting\n"), await AskAsync(readiness));
        readiness.IsReady = true;
        Assert.Equal((200, "ready\n"), await AskAsync(readiness));
    }

    private static async Task<(int Status, string Text)> AskAsync(Readiness readiness)
    {
        await using var services = new ServiceCollection().AddSingleton(readiness).BuildServiceProvider();
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = services };
        context.Response.Body = body;
        await Readiness.AnswerAsync(context);
        return (context.Response.StatusCode, Encoding.UTF8.GetString(body.ToArray()));
    }
}
