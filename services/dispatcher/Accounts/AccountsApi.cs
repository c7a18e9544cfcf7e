using System.Text.Json;
using System.Text.RegularExpressions;
using Glue.Dispatcher.Admission;
using Glue.Dispatcher.Backlog;
using Glue.Dispatcher.Destinations.Webhooks;
using Glue.Dispatcher.EventSources;
using Glue.Dispatcher.Functions;
using Glue.Dispatcher.LambdaApi;
using Glue.Dispatcher.Roles;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.Accounts;

/// <summary>
/// <c>/glue/v1/accounts</c>, for the installation's own account alone: <c>POST</c> and <c>GET</c> on it, <c>GET</c>, <c>PATCH</c> and <c>DELETE</c> on
/// <c>/ID|NAME</c>, <c>POST</c> and <c>GET</c> on <c>/ID|NAME/keys</c>, <c>DELETE</c> on <c>/ID|NAME/keys/KEY</c>. And <c>GET /glue/v1/account</c>
/// for everybody: the caller's own.
/// </summary>
internal sealed partial class AccountsApi(
    AccountStore accounts, AccountLimits limits, ConcurrencyLimits running, QueueLengths lengths, ParkedInvocations parked, FunctionStore functions, LayerStore layers,
    EventSourceStore sources, WebhookStore webhooks, RoleStore roles, IEnumerable<IAccountPossessions> possessions, TimeProvider time)
{
    private const int NamedPossessions = 20;

    public async Task AddAsync(ApiCall call)
    {
        Admit(call);
        var body = call.Json(AccountJson.Default.NewAccountBody);
        var id = body.Id ?? accounts.NewId();
        var name = body.Name ?? id;
        if (!FunctionReference.IsAccount(id))
        {
            throw LambdaException.InvalidParameter($"'{id}' is not an account id: it has 12 digits.");
        }

        if (!NamePattern().IsMatch(name) || (name != id && FunctionReference.IsAccount(name)))
        {
            throw LambdaException.InvalidParameter($"'{name}' is not an account name: 1 to 64 letters, digits, dots, dashes and underscores, not 12 digits.");
        }

        var account = new Account { Id = id, Name = name, CreatedAt = time.GetUtcNow() };
        if (!await accounts.AddAsync(account))
        {
            throw LambdaException.Conflict($"There is an account {id} or one named '{name}' already.");
        }

        var key = await accounts.AddKeyAsync(id) ?? throw Gone(id);
        await call.OkAsync(new NewAccountView(View(account), View(key, withSecret: true)), AccountJson.Default.NewAccountView, StatusCodes.Status201Created);
    }

    public Task ListAsync(ApiCall call)
    {
        Admit(call);
        return call.OkAsync(new AccountList([.. accounts.All.Select(View)]), AccountJson.Default.AccountList);
    }

    public Task GetAsync(ApiCall call, string idOrName)
    {
        Admit(call);
        return call.OkAsync(View(Find(idOrName)), AccountJson.Default.AccountView);
    }

    /// <summary>The caller's own; of one that nobody added (a credential of the host's making), the defaults.</summary>
    public Task GetOwnAsync(ApiCall call) => call.OkAsync(
        View(accounts.Find(call.AccountId) ?? new Account { Id = call.AccountId, Name = call.AccountId, CreatedAt = time.GetUtcNow() }),
        AccountJson.Default.AccountView);

    /// <summary>What is absent stays; null goes back to the installation's default.</summary>
    public async Task LimitAsync(ApiCall call, string idOrName)
    {
        Admit(call);
        var fields = call.Json(AccountJson.Default.DictionaryStringJsonElement);
        var id = Find(idOrName).Id;
        await call.OkAsync(
            View(await accounts.ChangeAsync(id, account => fields.Aggregate(account, (changed, field) => Set(changed, field.Key, field.Value))) ?? throw Gone(id)),
            AccountJson.Default.AccountView);
    }

    /// <summary>
    /// With its keys, webhooks and role policies. Refused while it has anything that holds data or runs. What a request that is on its way makes in this
    /// instant stays, and is whose the id is given to again.
    /// </summary>
    public async Task RemoveAsync(ApiCall call, string idOrName)
    {
        Admit(call);
        var account = Find(idOrName);
        if (account.Id == Account.Installation)
        {
            throw LambdaException.Conflict($"Account {account.Id} is the installation's own and cannot be removed.");
        }

        var owned = functions.List(account.Id, after: null).Select(static function => $"function {function.State.Name}")
            .Concat(layers.List(account.Id).Select(static layer => $"layer {layer.Name}:{layer.Version}"))
            .Concat(sources.All.Where(source => source.AccountId == account.Id).Select(static source => $"event source mapping {source.Uuid}"))
            .Concat(possessions.SelectMany(each => each.Of(account.Id))).ToList();
        if (owned.Count > 0)
        {
            var more = owned.Count > NamedPossessions ? $" and {owned.Count - NamedPossessions} more" : "";
            throw LambdaException.Conflict($"Account {account.Name} ({account.Id}) still owns {string.Join(", ", owned.Take(NamedPossessions))}{more}. Delete these first.");
        }

        foreach (var webhook in webhooks.Of(account.Id))
        {
            await webhooks.RemoveAsync(account.Id, webhook.Name);
        }

        foreach (var role in roles.Of(account.Id))
        {
            await roles.RemoveAsync(account.Id, role.Name);
        }

        await accounts.RemoveAsync(account.Id);
        await call.NoContentAsync();
    }

    public async Task AddKeyAsync(ApiCall call, string idOrName)
    {
        Admit(call);
        var id = Find(idOrName).Id;
        var key = await accounts.AddKeyAsync(id) ?? throw Gone(id);
        await call.OkAsync(View(key, withSecret: true), AccountJson.Default.AccountKeyView, StatusCodes.Status201Created);
    }

    /// <summary>The id of an account that the caller manages.</summary>
    /// <exception cref="LambdaException">The caller is not the installation's account, or there is none of that id or name.</exception>
    public string Managed(ApiCall call, string idOrName)
    {
        Admit(call);
        return Find(idOrName).Id;
    }

    public Task ListKeysAsync(ApiCall call, string idOrName)
    {
        Admit(call);
        var keys = accounts.KeysOf(Find(idOrName).Id).Select(static key => View(key, withSecret: false));
        return call.OkAsync(new AccountKeyList([.. keys]), AccountJson.Default.AccountKeyList);
    }

    public async Task RemoveKeyAsync(ApiCall call, string idOrName, string accessKeyId)
    {
        Admit(call);
        var account = Find(idOrName);
        if (!await accounts.RemoveKeyAsync(account.Id, accessKeyId))
        {
            throw LambdaException.NotFound($"Account {account.Id} has no key {accessKeyId} that could be removed. The installation's first key lies in the data folder's file credentials.");
        }

        await call.NoContentAsync();
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9._-]{1,64}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NamePattern();

    private static LambdaException Gone(string id) => LambdaException.NotFound($"Account {id} was removed meanwhile.");

    private static AccountKeyView View(AccountKey key, bool withSecret) =>
        new(key.Credential.AccessKeyId, withSecret ? key.Credential.SecretAccessKey : null, key.CreatedAt);

    private static void Admit(ApiCall call)
    {
        if (call.AccountId != Account.Installation)
        {
            throw new LambdaException(
                403, "AccessDeniedException", $"Accounts are managed by the installation's own account {Account.Installation} alone; these keys belong to {call.AccountId}.");
        }
    }

    private static int? Whole(string name, JsonElement value, int least, int most) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Number when value.TryGetInt32(out var number) && number >= least && number <= most => number,
        _ => throw LambdaException.InvalidParameter($"{name} is a whole number from {least} to {most}, or null for the default."),
    };

    private static double WeightOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => 1,
        JsonValueKind.Number when value.GetDouble() is >= 0.01 and <= 1000 => value.GetDouble(),
        _ => throw LambdaException.InvalidParameter("weight is a number from 0.01 to 1000, or null for 1."),
    };

    private Account Set(Account account, string name, JsonElement value) => name switch
    {
        "weight" => account with { Weight = WeightOf(value) },
        "concurrency" => account with { Concurrency = ConcurrencyOf(account.Id, value) },
        "queueLength" => account with { QueueLength = Whole(name, value, 1, 1_000_000_000) },
        "queueAgeSeconds" => account with { QueueAge = Whole(name, value, 1, 21_600) is { } seconds ? TimeSpan.FromSeconds(seconds) : null },
        _ => throw LambdaException.InvalidParameter($"'{name}' is no limit of an account; there are weight, concurrency, queueLength, queueAgeSeconds."),
    };

    /// <summary>What functions have reserved was promised to them.</summary>
    private int? ConcurrencyOf(string accountId, JsonElement value)
    {
        var wanted = Whole("concurrency", value, 0, 1_000_000);
        var reserved = functions.SetAsideConcurrency(accountId);
        return wanted is { } number && number > 0 && number < reserved
            ? throw LambdaException.InvalidParameter($"The account's functions have reserved or provisioned {reserved} together: lower that first (DeleteFunctionConcurrency, DeleteProvisionedConcurrencyConfig), or give 0 to stop the account.")
            : wanted;
    }

    private Account Find(string idOrName) =>
        accounts.FindByIdOrName(idOrName) ?? throw LambdaException.NotFound($"There is no account '{idOrName}'.");

    private AccountView View(Account account)
    {
        var limit = limits.Of(account.Id);
        return new AccountView(
            account.Id, account.Name, limit.Weight, limit.Concurrency, limit.QueueLength, (long?)limit.QueueAge?.TotalSeconds, account.CreatedAt,
            running.Running(account.Id), lengths.Of(account.Id), parked.Of(account.Id));
    }
}
