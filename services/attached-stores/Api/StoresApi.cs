using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Glue.AttachedStores.Buckets;
using Glue.AttachedStores.Checks;
using Glue.AttachedStores.Notifications;
using Glue.AttachedStores.Requests;
using Glue.AttachedStores.Sources;
using Glue.AttachedStores.Stores;
using Glue.Contracts.Storage;
using Microsoft.AspNetCore.Http;

namespace Glue.AttachedStores.Api;

/// <summary>
/// <c>PUT|DELETE /glue/v1/stores/NAME</c>, <c>GET /glue/v1/stores</c>, <c>POST /glue/v1/stores/NAME/check</c>,
/// <c>GET|PUT /glue/v1/stores/NAME/buckets/BUCKET/rules</c>, <c>GET /glue/v1/stores/-/buckets/BUCKET</c> (where a bare name leads). Each account
/// sees its own stores; the installation's account may attach one for another.
/// </summary>
internal sealed class StoresApi(
    StoreTable stores, IStoreRules rules, BucketDirectory buckets, IEmbeddedBuckets embedded, StoreChecks checks, NotificationSync notifications, StoreSources sources,
    StoreAddresses addresses, StoresGate gate)
{
    public const string Path = "/glue/v1/stores";

    private const string Installation = "000000000000";
    private const int MaxBodyBytes = 256 * 1024;

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            var body = await RequestBytes.ReadAsync(context, MaxBodyBytes) ?? throw new StoreRefusal(StatusCodes.Status413PayloadTooLarge, $"The body must be at most {MaxBodyBytes} bytes.");
            var account = gate.Admit(context.Request, body).AccountId;
            await ActAsync(context, account, body);
        }
        catch (StoreRefusal e)
        {
            await AnswerAsync(context, e.Status, new StoreError(e.Message), StoreJson.Default.StoreError);
        }
        catch (Exception e) when (e is StoreException or HttpRequestException)
        {
            await AnswerAsync(context, StatusCodes.Status502BadGateway, new StoreError(e.Message), StoreJson.Default.StoreError);
        }
    }

    private Task ActAsync(HttpContext context, string account, byte[] body)
    {
        var (aborted, path) = (context.RequestAborted, context.Request.Path.Value!.Trim('/').Split('/')[3..]);
        return (context.Request.Method, path) switch
        {
            ("GET", []) => AnswerAsync(context, 200, new StoreList([.. stores.All.Where(store => store.AccountId == account).Select(View)]), StoreJson.Default.StoreList),
            ("PUT", [var name]) => AttachAsync(context, account, name, body),
            ("DELETE", [var name]) => DetachAsync(context, Find(account, name)),
            ("POST", [var name, "check"]) => CheckAsync(context, Find(account, name)),
            ("GET", ["-", "buckets", var bucket]) => PlacesAsync(context, account, bucket),
            ("GET", [var name, "buckets", var bucket, "rules"]) => RulesAsync(context, account, new BucketAddress(Find(account, name).Name, bucket)),
            ("PUT", [var name, "buckets", var bucket, "rules"]) => PutRulesAsync(context, Find(account, name), bucket, Read(body, StoreJson.Default.StoreRules).Rules, aborted),
            _ => throw new StoreRefusal(404, $"There is no {context.Request.Method} {context.Request.Path}."),
        };
    }

    private async Task AttachAsync(HttpContext context, string caller, string name, byte[] bytes)
    {
        var body = Read(bytes, StoreJson.Default.StoreBody);
        var account = body.Account ?? caller;
        if (account != caller && caller != Installation)
        {
            throw new StoreRefusal(403, "Only the installation's own account attaches stores for others.");
        }

        if (account.Length != 12 || !account.All(char.IsAsciiDigit))
        {
            throw new StoreRefusal(400, $"'{account}' is not an account id: it has 12 digits.");
        }

        var (draft, before) = (StoreDrafts.Of(name, account, body), stores.Find(name));
        if (sources.For(draft.Notify) is { } source)
        {
            draft = await source.AdmitAsync(draft, before?.AccountId == account ? before : null, context.RequestAborted);
        }

        var store = await stores.PutAsync(draft)
            ?? throw new StoreRefusal(409, $"There is a store '{name}' already, of another account. Choose another name.");
        await AnswerAsync(context, 200, View(store), StoreJson.Default.StoreView);
    }

    /// <summary>Its entries are taken away first: afterwards nobody has the keys for it.</summary>
    private async Task DetachAsync(HttpContext context, AttachedStore store)
    {
        if (rules.Of(store.Name) is { Count: > 0 } left)
        {
            throw new StoreRefusal(409, $"Buckets of {store.Name} still have rules: {string.Join(", ", left.Keys.Order(StringComparer.Ordinal).Select(bucket => $"{store.Name}/{bucket}"))}. "
                + "Remove them first (./glue rule remove).");
        }

        if (context.Request.Query["force"] != "true")
        {
            try
            {
                await notifications.ClearAsync(store, context.RequestAborted);
            }
            catch (Exception e) when (!context.RequestAborted.IsCancellationRequested)
            {
                throw new StoreRefusal(409, $"What Glue has set in {store.Name} could not be taken away: {e.Message} Try again when it answers, or detach with --force and leave it there.");
            }
        }

        await stores.RemoveAsync(store.Name);
        await sources.ForgetAsync(store);
        await notifications.ForgetAsync(store.Name);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task CheckAsync(HttpContext context, AttachedStore store) =>
        await AnswerAsync(context, 200, await checks.RunAsync(store, context.RequestAborted), StoreJson.Default.StoreCheck);

    private async Task PlacesAsync(HttpContext context, string account, string bucket)
    {
        string[] here = embedded.Exists(bucket) ? [bucket] : [];
        IReadOnlyList<AttachedStore> attached = [];
        try
        {
            attached = await buckets.AttachedAsync(account, bucket, context.RequestAborted);
        }
        catch (HttpRequestException) when (here.Length > 0)
        {
            // A store that does not answer must not hinder the work with the embedded one's buckets.
        }

        await AnswerAsync(context, 200, new BucketPlaces([.. here, .. attached.Select(store => $"{store.Name}/{bucket}")]), StoreJson.Default.BucketPlaces);
    }

    private async Task RulesAsync(HttpContext context, string account, BucketAddress bucket) =>
        await AnswerAsync(context, 200, new StoreRules((await rules.GetAsync(account, bucket, context.RequestAborted)).Rules), StoreJson.Default.StoreRules);

    private async Task PutRulesAsync(HttpContext context, AttachedStore store, string bucket, IReadOnlyList<BucketRule> wanted, CancellationToken cancellationToken)
    {
        if (wanted.Count > 0 && (await buckets.AttachedAsync(store.AccountId, bucket, cancellationToken)).All(one => one.Name != store.Name))
        {
            throw new StoreRefusal(404, $"Store {store.Name} has no bucket '{bucket}' that its keys may use.");
        }

        try
        {
            await rules.PutAsync(store.AccountId, new BucketAddress(store.Name, bucket), new BucketNotificationConfiguration(wanted), cancellationToken);
        }
        catch (NotificationRefusedException e)
        {
            throw new StoreRefusal(400, e.Message);
        }

        await AnswerAsync(context, 200, new StoreRules(wanted), StoreJson.Default.StoreRules);
    }

    private StoreView View(AttachedStore store) => new(
        store.Name, store.AccountId, store.Endpoint.GetLeftPart(UriPartial.Authority), store.Region, store.IsPathStyle, store.Credential.AccessKeyId, store.Notify.ToString().ToLowerInvariant(),
        store.Notify == StoreNotify.Kafka || sources.For(store.Notify) is null ? addresses.EventsOf(store).ToString() : "", [.. rules.Of(store.Name).Keys.Order(StringComparer.Ordinal)],
        sources.For(store.Notify) is null ? notifications.StatusOf(store.Name)
            : (sources.StatusOf(store.Name)?.Text ?? "beginning") + (NotificationSync.Sets(store) ? "; " + notifications.StatusOf(store.Name) : ""));

    private AttachedStore Find(string account, string name) => stores.Find(name) is { } store && store.AccountId == account
        ? store
        : throw new StoreRefusal(404, $"There is no store '{name}' (./glue store list).");

    private static T Read<T>(byte[] body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw new StoreRefusal(400, "The body is null.");
        }
        catch (JsonException e)
        {
            throw new StoreRefusal(400, $"The body cannot be read: {e.Message}");
        }
    }

    private static Task AnswerAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(value, type, cancellationToken: context.RequestAborted);
    }
}
