namespace Glue.Contracts.Invocations;

/// <summary>An answer that comes while the function still makes it.</summary>
/// <param name="ContentType">
/// As the runtime named it, perhaps empty. <see cref="HttpIntegration"/>: the content begins with a JSON object of status and headers, and eight NUL bytes.
/// </param>
/// <param name="Content">
/// Read slowly it slows the function, until that is out of time; disposed early, the rest is thrown away and the function is not told. Ends as
/// the function's answer does, whole or not: the outcome tells. Read and dispose it, or the function waits.
/// </param>
public sealed record StreamedBody(string ContentType, Stream Content)
{
    /// <summary>What AWS's runtimes name an answer with a prelude (<c>awslambda.HttpResponseStream</c>).</summary>
    public const string HttpIntegration = "application/vnd.awslambda.http-integration-response";
}
