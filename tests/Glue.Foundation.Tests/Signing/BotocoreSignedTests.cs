using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Glue.Foundation.Signing;

namespace Glue.Foundation.Tests.Signing;

/// <summary>Requests signed by botocore, whose canonical form is the reference for paths, queries and headers that look odd.</summary>
public sealed class BotocoreSignedTests
{
    private const string Script =
        """
        import json, datetime, botocore.auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials
        keys = Credentials('AKIAIOSFODNN7EXAMPLE', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY')
        from urllib.parse import quote
        signed = []
        def sign(auth, service, method, target, body=b'', headers={}):
            request = AWSRequest(method, 'http://127.0.0.1:9000' + target, data=body, headers=dict(headers))
            if service == 's3':
                request.context['payload_signing_enabled'] = True
            auth(keys, service, 'eu-west-3').add_auth(request)
            prepared = request.prepare()
            url = prepared.url[len('http://127.0.0.1:9000'):]
            signed.append(dict(service=service, method=method, target=url, body=body.decode(), headers=[[k, v.decode() if isinstance(v, bytes) else v] for k, v in prepared.headers.items()]))
        for key in ('plain', 'a b', 'a+b', 'ü/日本', 'x//y', 'x/../y', '~-_.!()*', 'a%20b', '\U0001F600', "quote'"):
            sign(botocore.auth.S3SigV4Auth, 's3', 'PUT', '/bucket/' + quote(key, safe='/~'), b'body', {'x-amz-meta-a': '  two  blanks  ', 'Content-Type': 'text/plain'})
            sign(botocore.auth.S3SigV4QueryAuth, 's3', 'GET', '/bucket/' + quote(key, safe='/~'))
        for query in ('?acl', '?list-type=2&prefix=a%20b%2F&delimiter=%2F&start-after=', '?b=2&a-b=1&a=3&a=2&a%20=x', '?uploads&prefix=%C3%BC'):
            sign(botocore.auth.S3SigV4Auth, 's3', 'GET', '/bucket' + query)
        for target in ('/2015-03-31/functions/', '/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Af/invocations?Qualifier=%24LATEST', '/a//b/./c/'):
            sign(botocore.auth.SigV4Auth, 'lambda', 'POST', target, b'{"a": 1}', {'X-Amz-Invocation-Type': 'Event'})
        print(json.dumps(signed))
        """;

    [Fact]
    public async Task The_verifier_agrees_with_botocore()
    {
        var output = (await Cli.PythonAsync(Script, new Dictionary<string, string>())).Expect();
        var verifier = new SigV4Verifier(new Keys(), TimeProvider.System);
        var requests = JsonDocument.Parse(output).RootElement.EnumerateArray().ToList();
        Assert.Equal(27, requests.Count);
        foreach (var signed in requests)
        {
            var target = signed.GetProperty("target").GetString()!;
            var service = signed.GetProperty("service").GetString()!;
            var request = Requests.Parse(
                signed.GetProperty("method").GetString()!, target,
                [("Host", "127.0.0.1:9000"), .. signed.GetProperty("headers").EnumerateArray().Select(static pair => (pair[0].GetString()!, pair[1].GetString()!))]);
            var body = SHA256.HashData(Encoding.UTF8.GetBytes(signed.GetProperty("body").GetString()!));

            var result = verifier.Verify(request, service, service == "s3" && target.Contains("X-Amz-", StringComparison.Ordinal) ? default : body);

            Assert.True(result.Failure is null, string.Create(CultureInfo.InvariantCulture, $"{target}: {result.Failure}"));
        }
    }
}
