using System.Text.Json;
using System.Text.Json.Serialization;

namespace Glue.Dispatcher.Accounts;

/// <summary>Body of <c>POST /glue/v1/accounts</c>. One of the two at least.</summary>
internal sealed record NewAccountBody(string? Id, string? Name);

/// <summary>An account as the API shows it. Limits: those in force; null: none. Queued: counted only where there is a limit. Parked: storage events that wait for room in the queue.</summary>
internal sealed record AccountView(
    string Id, string Name, double Weight, int Concurrency, int? QueueLength, long? QueueAgeSeconds, DateTimeOffset CreatedAt, int Running, long? Queued, long Parked);

internal sealed record AccountList(IReadOnlyList<AccountView> Accounts);

/// <summary>A key; its secret is shown once, by the call that makes it.</summary>
internal sealed record AccountKeyView(string AccessKeyId, string? SecretAccessKey, DateTimeOffset CreatedAt);

internal sealed record AccountKeyList(IReadOnlyList<AccountKeyView> Keys);

/// <summary>A new account with its first key.</summary>
internal sealed record NewAccountView(AccountView Account, AccountKeyView Key);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(NewAccountBody))]
[JsonSerializable(typeof(NewAccountView))]
[JsonSerializable(typeof(AccountView))]
[JsonSerializable(typeof(AccountList))]
[JsonSerializable(typeof(AccountKeyView))]
[JsonSerializable(typeof(AccountKeyList))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
internal sealed partial class AccountJson : JsonSerializerContext;
