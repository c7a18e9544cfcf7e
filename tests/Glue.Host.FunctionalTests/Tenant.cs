using Glue.Foundation.Signing;

namespace Glue.Host.FunctionalTests;

/// <summary>An account of its own on a running stack, added as the administrator adds it, and its user's tools.</summary>
public sealed class Tenant : IDisposable
{
    private readonly GlueProcess _process;

    private Tenant(GlueProcess process, Credential key, string name)
    {
        (_process, Key, Name) = (process, key, name);
        Lambda = new LambdaApi(process, key);
    }

    public string Name { get; }

    public Credential Key { get; }

    public string AccountId => Key.AccountId;

    public LambdaApi Lambda { get; }

    public static async Task<Tenant> AddAsync(Stack stack, string name)
    {
        var shown = (await stack.GlueAsync("account", "add", name)).Expect().Split('\n');
        var account = shown[0].Split(' ', ':')[2];
        return new Tenant(stack.Process, new Credential(shown[2].Split(" = ")[1], shown[3].Split(" = ")[1], account, account), name);
    }

    public string Arn(string function) => $"arn:aws:lambda:us-east-1:{AccountId}:function:{function}";

    /// <summary>The same on another process: after a restart.</summary>
    public Tenant On(Stack stack) => new(stack.Process, Key, Name);

    /// <summary>A script under boto3 as several tenants: of each there are <c>NAME_s3</c>, <c>NAME_lambda</c> and <c>NAME</c> (its account id).</summary>
    public static async Task<string> BotoAsync(string script, params Tenant[] tenants) => (await Cli.PythonAsync(
        $$"""
        import boto3, botocore, json
        def clients(s3, api, key, secret):
            session = boto3.Session(aws_access_key_id=key, aws_secret_access_key=secret, region_name='us-east-1')
            return session.client('s3', endpoint_url=s3), session.client('lambda', endpoint_url=api)
        def refused(code, call, **arguments):
            try:
                call(**arguments)
            except botocore.exceptions.ClientError as e:
                assert e.response['Error']['Code'] == code, (code, e)
                return e
            raise SystemExit(f'was not refused with {code}: {arguments}')
        {{string.Join('\n', tenants.Select(static tenant =>
            $"{tenant.Name}_s3, {tenant.Name}_lambda = clients('{tenant._process.S3}', '{tenant._process.Api}', '{tenant.Key.AccessKeyId}', '{tenant.Key.SecretAccessKey}'); "
            + $"{tenant.Name} = '{tenant.AccountId}'"))}}
        {{script}}
        """,
        new Dictionary<string, string> { ["AWS_MAX_ATTEMPTS"] = "1", ["AWS_CONFIG_FILE"] = "/dev/null", ["AWS_EC2_METADATA_DISABLED"] = "true" })).Expect();

    public void Dispose() => Lambda.Dispose();
}
