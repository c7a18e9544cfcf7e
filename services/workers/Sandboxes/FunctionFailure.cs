using System.Text.Json;

namespace Glue.Workers.Sandboxes;

/// <summary>Why an invocation failed, by the function's own doing. Becomes Lambda's error document.</summary>
/// <param name="ErrorType">AWS's name, e.g. <c>Sandbox.Timedout</c>.</param>
/// <param name="Message">After <c>RequestId: … Error: </c>; null when the runtime wrote the document itself.</param>
internal sealed record FunctionFailure(string ErrorType, string? Message)
{
    /// <summary>As the runtime posted it.</summary>
    public byte[] RuntimeDocument { get; init; } = [];

    /// <summary>Named in the REPORT line: failures that the platform saw, not those that a handler raised.</summary>
    public string? PlatformErrorType { get; init; } = ErrorType;

    /// <summary>Prefixes the message with the request's id, as Lambda does for all but oversized answers.</summary>
    public bool NamesRequest { get; init; } = true;

    public byte[] ToDocument(string requestId)
    {
        if (Message is null)
        {
            return RuntimeDocument;
        }

        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("errorType", ErrorType);
            json.WriteString("errorMessage", NamesRequest ? $"RequestId: {requestId} Error: {Message}" : Message);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>What the log says about it; null when the runtime has logged it.</summary>
    public string? ToLogLine(string requestId) => Message is null ? null : $"RequestId: {requestId} Error: {Message}";
}
