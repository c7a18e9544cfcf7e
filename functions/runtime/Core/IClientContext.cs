namespace Glue.Functions.Runtime;

/// <summary>What a mobile client says of itself (<c>X-Amz-Client-Context</c>).</summary>
public interface IClientContext
{
    IDictionary<string, string> Environment { get; }

    IClientApplication? Client { get; }

    IDictionary<string, string> Custom { get; }
}
