namespace Glue.Workers.Gateway;

/// <summary>The request is the caller's fault and ends here.</summary>
internal sealed class GatewayRefusalException(GatewayError error) : Exception(error.Message)
{
    public GatewayError Error { get; } = error;
}
