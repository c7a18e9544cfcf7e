using Glue.Contracts.Functions;
using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Body of PutProvisionedConcurrencyConfig.</summary>
internal sealed record ProvisionedRequest(int? ProvisionedConcurrentExecutions);

/// <summary>Answer of PutProvisionedConcurrencyConfig and GetProvisionedConcurrencyConfig. The numbers are the workers' own, at this moment.</summary>
internal record ProvisionedResponse
{
    public ProvisionedResponse(ProvisionedConcurrency config, ProvisionedState state)
    {
        RequestedProvisionedConcurrentExecutions = config.Requested;
        AvailableProvisionedConcurrentExecutions = state.Available;
        AllocatedProvisionedConcurrentExecutions = state.Allocated;
        Status = state.Available >= config.Requested ? "READY" : state.Reason is null ? "IN_PROGRESS" : "FAILED";
        StatusReason = Status == "FAILED" ? state.Reason : null;
        LastModified = config.LastModified.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+0000'");
    }

    public int RequestedProvisionedConcurrentExecutions { get; }

    public int AvailableProvisionedConcurrentExecutions { get; }

    public int AllocatedProvisionedConcurrentExecutions { get; }

    public string Status { get; }

    public string? StatusReason { get; }

    public string LastModified { get; }
}

/// <summary>One of ListProvisionedConcurrencyConfigs.</summary>
internal sealed record ProvisionedListItem : ProvisionedResponse
{
    public ProvisionedListItem(string functionArn, ProvisionedConcurrency config, ProvisionedState state)
        : base(config, state) => FunctionArn = functionArn;

    public string FunctionArn { get; }
}

/// <summary>Answer of ListProvisionedConcurrencyConfigs.</summary>
internal sealed record ProvisionedList(IReadOnlyList<ProvisionedListItem> ProvisionedConcurrencyConfigs, string? NextMarker);
