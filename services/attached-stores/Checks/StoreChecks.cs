using System.Globalization;
using Glue.AttachedStores.Api;
using Glue.AttachedStores.Notifications;
using Glue.AttachedStores.Requests;
using Glue.AttachedStores.Sources;
using Glue.AttachedStores.Stores;

namespace Glue.AttachedStores.Checks;

/// <summary>Looks at a store from all sides that Glue needs: is it there, what is it, do the keys and the clocks fit, may it list, can it notify.</summary>
internal sealed class StoreChecks(StoreHttp http, CephTopics topics, IStoreRules rules, NotificationSync notifications, StoreSources sources, TimeProvider time)
{
    /// <summary>S3 refuses signatures that are further off than 15 minutes; before that it is time to be told.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public async Task<StoreCheck> RunAsync(AttachedStore store, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Patience);
        var findings = new List<CheckFinding>();
        try
        {
            await LookAsync(store, findings, late.Token);
        }
        catch (HttpRequestException e)
        {
            findings.Add(new CheckFinding("reach", false, $"{store.Endpoint} does not answer: {e.Message}"));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            findings.Add(new CheckFinding("reach", false, $"{store.Endpoint} did not answer within {Patience.TotalSeconds:0} s."));
        }

        return new StoreCheck(findings.TrueForAll(static one => one.Ok), findings);
    }

    private async Task LookAsync(AttachedStore store, List<CheckFinding> findings, CancellationToken cancellationToken)
    {
        using (var answer = await http.SendAsync(store, HttpMethod.Get, StoreUrl.Of(store, bucket: null), body: null, contentType: null, "s3", cancellationToken))
        {
            findings.Add(new CheckFinding("reach", true, $"{store.Endpoint} answers"));
            findings.Add(new CheckFinding("server", true, ServerOf(answer)));
            if (answer.Headers.Date is { } date)
            {
                var skew = date - time.GetUtcNow();
                findings.Add(new CheckFinding("clock", skew.Duration() < Skew, $"the store's clock is {Math.Abs(skew.TotalSeconds).ToString("0", CultureInfo.InvariantCulture)} s {(skew < TimeSpan.Zero ? "behind" : "ahead")}"
                    + (skew.Duration() < Skew ? "" : "; set both clocks (NTP): S3 refuses signatures that are 15 minutes off")));
            }
        }

        await AddAsync(findings, "keys", async () =>
        {
            var list = await http.CallAsync(store, HttpMethod.Get, StoreUrl.Of(store, bucket: null), cancellationToken: cancellationToken);
            return $"good; they see {list?.Descendants().Count(static one => one.Name.LocalName == "Bucket") ?? 0} buckets";
        });
        foreach (var bucket in rules.Of(store.Name).Keys.Order(StringComparer.Ordinal))
        {
            await AddAsync(findings, bucket, async () =>
            {
                await http.CallAsync(store, HttpMethod.Get, StoreUrl.Of(store, bucket, [new("list-type", "2"), new("max-keys", "1")]), cancellationToken: cancellationToken);
                return "may be listed";
            });
        }

        if (sources.For(store.Notify) is { } source)
        {
            await AddAsync(findings, store.Notify.ToString().ToLowerInvariant(), () => source.CheckAsync(store, cancellationToken));
            var status = sources.StatusOf(store.Name);
            findings.Add(new CheckFinding("changes", status?.IsWorking ?? false, status?.Text ?? "beginning"));
        }

        if (NotificationSync.Sets(store))
        {
            await AddAsync(findings, "notifications", async () => store.Settings.TargetArn is { } target
                ? $"by the target {target}; {notifications.StatusOf(store.Name)}"
                : $"the store has topics ({await topics.CountAsync(store, cancellationToken)}); {notifications.StatusOf(store.Name)}");
        }
    }

    private static async Task AddAsync(List<CheckFinding> findings, string what, Func<Task<string>> look)
    {
        try
        {
            findings.Add(new CheckFinding(what, true, await look()));
        }
        catch (StoreException e)
        {
            findings.Add(new CheckFinding(what, false, e.Message + WayOut(e)));
        }
    }

    private static string WayOut(StoreException e) => e.Code switch
    {
        "SignatureDoesNotMatch" => " The secret key is wrong, or the region is: attach it again with the right ones.",
        "InvalidAccessKeyId" => " The store does not know the access key.",
        "AccessDenied" => " The keys need s3:ListBucket and s3:GetBucketNotification/PutBucketNotification on the buckets that have rules.",
        "NotImplemented" or "MethodNotAllowed" or "405" or "501" => " This store cannot be told by Glue whom to notify: attach it with --notify manual, and set its events' address yourself.",
        _ => "",
    };

    private static string ServerOf(HttpResponseMessage answer)
    {
        var id = answer.Headers.TryGetValues("x-amz-request-id", out var ids) ? ids.First() : "";
        return id.StartsWith("tx0", StringComparison.Ordinal) ? "Ceph RADOS Gateway"
            : answer.Headers.TryGetValues("Server", out var names) ? string.Join(' ', names)
            : "does not say what it is";
    }
}
