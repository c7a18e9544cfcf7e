using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Body of PutFunctionEventInvokeConfig and UpdateFunctionEventInvokeConfig.</summary>
internal sealed record EventInvokeRequest(int? MaximumRetryAttempts, int? MaximumEventAgeInSeconds, DestinationConfigFields? DestinationConfig);

internal sealed record DestinationConfigFields(DestinationFields? OnSuccess, DestinationFields? OnFailure);

internal sealed record DestinationFields(string? Destination);

/// <summary>Lambda's FunctionEventInvokeConfig. LastModified: seconds since 1970.</summary>
internal sealed record EventInvokeResponse(
    double LastModified, string FunctionArn, int? MaximumRetryAttempts, int? MaximumEventAgeInSeconds, DestinationConfigFields DestinationConfig)
{
    /// <returns>Null: there is none for this qualifier.</returns>
    public static EventInvokeResponse? Of(QualifiedFunction function) => function.Settings.EventInvoke is not { } config ? null : new(
        config.LastModified.ToUnixTimeMilliseconds() / 1000.0,
        $"{function.Arn}:{function.Qualifier ?? FunctionReference.Latest}",
        config.MaximumRetryAttempts,
        config.MaximumEventAgeInSeconds,
        new DestinationConfigFields(Of(config.OnSuccess), Of(config.OnFailure)));

    private static DestinationFields Of(string? arn) => new(arn);
}

/// <summary>Answer of ListFunctionEventInvokeConfigs.</summary>
internal sealed record EventInvokeList(IReadOnlyList<EventInvokeResponse> FunctionEventInvokeConfigs, string? NextMarker);

/// <summary>Body of PutFunctionRecursionConfig, and of its answer.</summary>
internal sealed record RecursionBody(string? RecursiveLoop);
