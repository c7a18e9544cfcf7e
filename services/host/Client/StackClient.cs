using System.CommandLine;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Glue.Foundation.Signing;
using Glue.Host.Accounts;
using Glue.Host.Data;

namespace Glue.Host.Client;

/// <summary>A running stack as its user sees it: the S3 API by the AWS SDK, the Lambda API signed alike.</summary>
internal sealed class StackClient : IDisposable
{
    public StackClient(Uri s3, Uri api, Credential credential)
    {
        Credential = credential;
        S3 = new AmazonS3Client(new BasicAWSCredentials(credential.AccessKeyId, credential.SecretAccessKey), new AmazonS3Config
        {
            ServiceURL = s3.ToString(),
            AuthenticationRegion = "us-east-1",
            ForcePathStyle = true,
        });
        Lambda = new LambdaApiClient(api, credential);
        Logs = new LogsApiClient(api, credential);
    }

    /// <summary>Which stack a verb speaks to.</summary>
    public static Option<string> DataOption { get; } = new("--data")
    {
        Description = "The data folder of the running stack; it knows the endpoints and the keys.",
        DefaultValueFactory = static _ => "./data",
    };

    /// <summary>For whom a verb acts, when not for the installation's own account.</summary>
    public static Option<string?> AccountOption { get; } = new("--account") { Description = "Whose, by id or name. Default: the installation's own account." };

    public AmazonS3Client S3 { get; }

    public LambdaApiClient Lambda { get; }

    public LogsApiClient Logs { get; }

    public Credential Credential { get; }

    /// <exception cref="StartupException">No stack runs on that folder.</exception>
    public static StackClient Of(string dataFolder)
    {
        var endpoints = RunningEndpoints.Of(dataFolder);
        return new StackClient(endpoints.S3, endpoints.Api, CredentialFile.Read(DataFolder.CredentialsOf(dataFolder)));
    }

    /// <summary>The path of what an account has of a kind, behind <c>/glue/v1/</c>: the caller's own, or that of <see cref="AccountOption"/>.</summary>
    public static string PathOf(ParseResult parsed, string kind) =>
        parsed.GetValue(AccountOption) is { } account ? $"accounts/{Uri.EscapeDataString(account)}/{kind}" : kind;

    /// <summary>
    /// Connects a bucket to a function in one step: grants S3 the permission to invoke it, then adds the rule to what the bucket's
    /// notification configuration already holds.
    /// </summary>
    public async Task AddRuleAsync(NewRule rule, CancellationToken cancellationToken)
    {
        var function = await Lambda.FindFunctionAsync(rule.Function, cancellationToken)
            ?? throw new StartupException($"There is no function '{rule.Function}'. Deploy it first: aws lambda create-function ...");
        var bucket = await PlaceOfAsync(rule.Bucket, cancellationToken);
        await Lambda.AllowS3Async(rule.Function, bucket, Credential.AccountId, cancellationToken);
        var rules = await RulesOfAsync(bucket, cancellationToken);
        rules.RemoveAll(existing => existing.Id == rule.Id);
        rules.Add(new LambdaFunctionConfiguration
        {
            Id = rule.Id,
            FunctionArn = function.Arn,
            Events = [.. rule.Events.Select(static name => new EventType(name))],
            Filter = new Filter
            {
                S3KeyFilter = new S3KeyFilter
                {
                    FilterRules = [new FilterRule { Name = "prefix", Value = rule.Prefix }, new FilterRule { Name = "suffix", Value = rule.Suffix }],
                },
            },
        });
        await PutRulesAsync(bucket, rules, rule.AllowsRecursion, cancellationToken);
    }

    /// <summary>Where a bucket's name leads: <c>STORE/BUCKET</c> as it is, <c>local/BUCKET</c> to the embedded store, a bare name to the one bucket that has it.</summary>
    /// <exception cref="StartupException">Several have it.</exception>
    public async Task<string> PlaceOfAsync(string bucket, CancellationToken cancellationToken)
    {
        const string Local = "local/";
        if (bucket.Contains('/', StringComparison.Ordinal))
        {
            return bucket.StartsWith(Local, StringComparison.Ordinal) ? bucket[Local.Length..] : bucket;
        }

        var places = (await Lambda.CallAsync(HttpMethod.Get, $"stores/-/buckets/{Uri.EscapeDataString(bucket)}", body: null, cancellationToken))!["buckets"]!.AsArray();
        return places switch
        {
            [] => bucket,
            [var one] => one!.GetValue<string>(),
            _ => throw new StartupException($"There are several buckets '{bucket}': say which. "
                + string.Join(", ", places.Select(static place => place!.GetValue<string>()).Select(static place => place.Contains('/', StringComparison.Ordinal) ? place : Local + place))),
        };
    }

    public async Task<List<LambdaFunctionConfiguration>> RulesOfAsync(string bucket, CancellationToken cancellationToken) => AttachedRules.IsAttached(bucket)
        ? AttachedRules.Read((await Lambda.CallAsync(HttpMethod.Get, AttachedRules.PathOf(bucket), body: null, cancellationToken))!)
        : (await S3.GetBucketNotificationAsync(new GetBucketNotificationRequest { BucketName = bucket }, cancellationToken)).LambdaFunctionConfigurations ?? [];

    public async Task PutRulesAsync(
        string bucket, List<LambdaFunctionConfiguration> rules, bool allowsRecursion, CancellationToken cancellationToken)
    {
        if (AttachedRules.IsAttached(bucket))
        {
            await Lambda.CallAsync(HttpMethod.Put, AttachedRules.PathOf(bucket), AttachedRules.Write(rules, allowsRecursion), cancellationToken);
            return;
        }

        void AddHeader(object sender, RequestEventArgs e)
        {
            if (allowsRecursion)
            {
                ((WebServiceRequestEventArgs)e).Headers["x-glue-allow-recursion"] = "true";
            }
        }

        S3.BeforeRequestEvent += AddHeader;
        try
        {
            await S3.PutBucketNotificationAsync(
                new PutBucketNotificationRequest { BucketName = bucket, LambdaFunctionConfigurations = rules }, cancellationToken);
        }
        finally
        {
            S3.BeforeRequestEvent -= AddHeader;
        }
    }

    public void Dispose()
    {
        S3.Dispose();
        Lambda.Dispose();
        Logs.Dispose();
    }
}
