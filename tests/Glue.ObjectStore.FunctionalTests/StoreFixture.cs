using Amazon.Runtime;
using Amazon.S3;
using Glue.Foundation.Signing;
using Glue.ObjectStore.TestHost;

namespace Glue.ObjectStore.FunctionalTests;

/// <summary>One server for a test class; each test makes its own buckets.</summary>
public sealed class StoreFixture : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private int _buckets;

    public StoreServer Server { get; private set; } = null!;

    public string Folder => _folder.Path;

    public async Task InitializeAsync() => Server = await StoreServer.StartAsync(_folder.Path);

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }

    public AmazonS3Client Sdk(Credential? credential = null, Action<AmazonS3Config>? configure = null)
    {
        var who = credential ?? TestKeys.Owner;
        var config = new AmazonS3Config
        {
            ServiceURL = Server.Endpoint,
            ForcePathStyle = true,
            AuthenticationRegion = "us-east-1",
            MaxErrorRetry = 0,
        };
        configure?.Invoke(config);
        return new AmazonS3Client(
            who.SessionToken is { } token
                ? new SessionAWSCredentials(who.AccessKeyId, who.SecretAccessKey, token)
                : new BasicAWSCredentials(who.AccessKeyId, who.SecretAccessKey),
            config);
    }

    /// <summary>Runs aws (awscli) against the server.</summary>
    public Task<Cli.Result> AwsAsync(params IEnumerable<string> arguments) =>
        Cli.AwsAsync(Server.Endpoint, TestKeys.Owner.AccessKeyId, TestKeys.Owner.SecretAccessKey, arguments);

    /// <summary>Runs Python with boto3 imported and <c>s3</c> a client of the server, <c>endpoint</c> and <c>secure</c> its URLs.</summary>
    public async Task<string> PythonAsync(string script)
    {
        var environment = Cli.AwsEnvironment(TestKeys.Owner.AccessKeyId, TestKeys.Owner.SecretAccessKey);
        environment["ENDPOINT"] = Server.Endpoint;
        environment["SECURE"] = Server.SecureEndpoint;
        environment["PYTHONWARNINGS"] = "ignore";
        environment["AWS_MAX_ATTEMPTS"] = "1"; // a refused request is to be seen at once
        return (await Cli.PythonAsync(
            """
            import os, boto3, botocore
            from botocore.config import Config
            from botocore.exceptions import ClientError
            endpoint, secure = os.environ['ENDPOINT'], os.environ['SECURE']
            s3 = boto3.client('s3', endpoint_url=endpoint, config=Config(signature_version='s3v4'))
            def code(call, **arguments):
                try:
                    call(**arguments)
                except ClientError as e:
                    return e.response['Error']['Code']
                return 'no error'

            """ + script, environment)).Expect();
    }

    public string NewBucketName() => $"bucket-{Interlocked.Increment(ref _buckets)}-{Guid.NewGuid():N}"[..40];

    public async Task<string> BucketAsync()
    {
        var name = NewBucketName();
        using var sdk = Sdk();
        await sdk.PutBucketAsync(name);
        return name;
    }
}
