using System.Text;
using Glue.Dispatcher.FunctionalTests.LambdaApi;

namespace Glue.Dispatcher.FunctionalTests.Roles;

/// <summary>The API's border; what policies do is tested with the gateway and the host.</summary>
public sealed class RolesApiTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("\\ud800")]
    [InlineData("\u00ff")] // sent as one byte, which is no UTF-8
    public async Task A_policy_with_what_is_no_text_is_refused_wherever_that_stands(string odd)
    {
        foreach (var policy in (string[])
        [
            """{"Version":"ODD","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}""",
            """{"Statement":{"Sid":"ODD","Effect":"ODD","Action":"s3:*","Resource":"*"}}""",
            """{"Statement":{"Effect":"Allow","Action":"ODD","Resource":"*"}}""",
            """{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":["ODD"]}}""",
            """{"ODD":1,"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}""",
        ])
        {
            var answer = await shared.Server.SendAsync(HttpMethod.Put, "/glue/v1/roles/odd", Encoding.Latin1.GetBytes(policy.Replace("ODD", odd, StringComparison.Ordinal)));
            Assert.True(answer.Status == 400, $"{policy}: {answer.Status} {answer.Text}");
        }
    }
}
