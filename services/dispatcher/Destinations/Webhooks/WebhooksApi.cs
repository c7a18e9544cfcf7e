using System.Text.Json.Serialization;
using Glue.Dispatcher.Functions;
using Glue.Dispatcher.LambdaApi;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.Destinations.Webhooks;

/// <summary>
/// <c>PUT</c> (<c>{"url":…}</c>) and <c>DELETE /glue/v1/webhooks/NAME</c>, <c>GET /glue/v1/webhooks</c>: the caller's own. The installation's
/// account has the same for others below <c>/glue/v1/accounts/ID|NAME</c>. The secret is shown by the PUT that makes it.
/// </summary>
internal sealed class WebhooksApi(WebhookStore webhooks)
{
    private const int MaxUrlLength = 2048;

    public async Task PutAsync(ApiCall call, string accountId, string name)
    {
        if (!FunctionReference.IsName(name))
        {
            throw LambdaException.InvalidParameter($"'{name}' is not a webhook's name: 1 to 64 letters, digits, dashes and underscores.");
        }

        var url = ReadUrl(call.Json(WebhookJson.Default.WebhookBody).Url);
        var (webhook, isNew) = await webhooks.PutAsync(accountId, name, url);
        await call.OkAsync(View(webhook, withSecret: isNew), WebhookJson.Default.WebhookView, isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    public Task ListAsync(ApiCall call, string accountId) => call.OkAsync(
        new WebhookList([.. webhooks.Of(accountId).Select(static webhook => View(webhook, withSecret: false))]), WebhookJson.Default.WebhookList);

    public async Task RemoveAsync(ApiCall call, string accountId, string name)
    {
        if (!await webhooks.RemoveAsync(accountId, name))
        {
            throw LambdaException.NotFound($"There is no webhook '{name}'.");
        }

        await call.NoContentAsync();
    }

    private static Uri ReadUrl(string? text) =>
        text is { Length: <= MaxUrlLength } && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
        && url.UserInfo.Length == 0 && url.Fragment.Length == 0
            ? url
            : throw LambdaException.InvalidParameter(
                $"url must be an http or https address of at most {MaxUrlLength} characters, without user name and fragment; it was '{text?[..Math.Min(text.Length, 100)]}'.");

    private static WebhookView View(Webhook webhook, bool withSecret) =>
        new(webhook.Name, Webhook.ArnPrefix + webhook.Name, webhook.Url.ToString(), withSecret ? webhook.Secret : null);
}

/// <summary>Body of PUT.</summary>
internal sealed record WebhookBody(string? Url);

internal sealed record WebhookView(string Name, string Arn, string Url, string? Secret);

internal sealed record WebhookList(IReadOnlyList<WebhookView> Webhooks);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WebhookBody))]
[JsonSerializable(typeof(WebhookView))]
[JsonSerializable(typeof(WebhookList))]
internal sealed partial class WebhookJson : JsonSerializerContext;
