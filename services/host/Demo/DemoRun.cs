using System.Diagnostics;
using Amazon.S3;
using Glue.Host.Client;
using Glue.Host.Invocations;

namespace Glue.Host.Demo;

/// <summary>What a user would do by hand: a bucket, a rule, uploads; then waits for each thumbnail and fetches it.</summary>
internal sealed class DemoRun(StackClient stack)
{
    private const string Bucket = "demo";
    private const string InputPrefix = "pictures/";

    /// <returns>True when every thumbnail arrived.</returns>
    public async Task<bool> RunAsync(IReadOnlyList<DemoItem> pictures, CancellationToken cancellationToken)
    {
        await stack.S3.PutBucketAsync(Bucket, cancellationToken);
        await stack.AddRuleAsync(new NewRule(Bucket, "thumbnail") { Prefix = InputPrefix }, cancellationToken);
        foreach (var picture in pictures)
        {
            await PutAsync(picture, cancellationToken);
        }

        foreach (var picture in pictures)
        {
            await CollectAsync(picture, cancellationToken);
        }

        return pictures.All(static picture => picture.Failure is null);
    }

    private async Task PutAsync(DemoItem picture, CancellationToken cancellationToken)
    {
        await using var content = picture.Open();
        picture.PutStartedAt = TimeProvider.System.GetUtcNow();
        var started = Stopwatch.GetTimestamp();
        await stack.S3.PutObjectAsync(
            new() { BucketName = Bucket, Key = InputPrefix + picture.Name, InputStream = content, AutoCloseStream = false }, cancellationToken);
        picture.Put = Stopwatch.GetElapsedTime(started);
    }

    private async Task CollectAsync(DemoItem picture, CancellationToken cancellationToken)
    {
        try
        {
            picture.Invocation = await SettledAsync(picture, cancellationToken);
            if (picture.Invocation.State != "succeeded")
            {
                picture.Failure = InvocationsCommand.Why(picture.Invocation);
                return;
            }

            picture.ThumbnailBytes = await FetchAsync(picture, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            picture.Failure = "did not arrive in time";
        }
        catch (AmazonS3Exception e)
        {
            picture.Failure = $"the thumbnail is not in the bucket: {e.Message}";
        }
    }

    /// <summary>
    /// Waits for the invocation's end. A failed first attempt ends the wait too: its retries are minutes away, and somebody who
    /// watches wants to know now.
    /// </summary>
    private async Task<InvocationView> SettledAsync(DemoItem picture, CancellationToken cancellationToken)
    {
        while (true)
        {
            var found = await stack.Lambda.InvocationsAsync(
                new Dictionary<string, string?> { ["bucket"] = Bucket, ["key"] = InputPrefix + picture.Name, ["wait"] = "2" }, cancellationToken);
            if (found is [var invocation, ..] && (invocation.IsSettled || invocation.State == "failed"))
            {
                return invocation;
            }
        }
    }

    private async Task<long> FetchAsync(DemoItem picture, CancellationToken cancellationToken)
    {
        var listed = await stack.S3.ListObjectsV2Async(
            new() { BucketName = Bucket, Prefix = $"thumbnails/{InputPrefix}{picture.Name}" }, cancellationToken);
        var key = listed.S3Objects is [var first, ..] ? first.Key : throw new AmazonS3Exception($"nothing under thumbnails/{InputPrefix}{picture.Name}");
        using var thumbnail = await stack.S3.GetObjectAsync(Bucket, key, cancellationToken);
        await thumbnail.WriteResponseStreamToFileAsync(picture.ThumbnailPath, append: false, cancellationToken);
        return thumbnail.ContentLength;
    }
}
