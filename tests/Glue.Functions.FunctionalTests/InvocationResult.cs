using System.Text.Json;

namespace Glue.Functions.FunctionalTests;

/// <summary>What the function handed in at the Runtime API.</summary>
internal sealed record InvocationResult(bool Succeeded, byte[] Payload)
{
    public JsonElement Json => JsonDocument.Parse(Payload).RootElement;

    public string ErrorType => Json.GetProperty("errorType").GetString()!;

    public string ErrorMessage => Json.GetProperty("errorMessage").GetString()!;

    public InvocationResult Expect(bool succeeded) => Succeeded == succeeded
        ? this
        : throw new InvalidOperationException($"succeeded: {Succeeded}\n{System.Text.Encoding.UTF8.GetString(Payload)}");
}
