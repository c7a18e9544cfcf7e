namespace Glue.Dispatcher.Functions;

/// <summary>The address by which anybody, or anybody with a key, calls a function over plain HTTP. Part of the function's document in state.db.</summary>
internal sealed record FunctionUrl
{
    public const string Buffered = "BUFFERED";
    public const string Streamed = "RESPONSE_STREAM";
    public const string ForAll = "NONE";
    public const string Signed = "AWS_IAM";

    /// <summary>First part of the host's name: random, and the same for as long as the function has a URL.</summary>
    public required string Id { get; init; }

    /// <summary><see cref="ForAll"/> or <see cref="Signed"/>.</summary>
    public required string AuthType { get; init; }

    /// <summary><see cref="Buffered"/> or <see cref="Streamed"/>.</summary>
    public required string InvokeMode { get; init; }

    /// <summary>Null: other sites' pages are the function's own business.</summary>
    public UrlCors? Cors { get; init; }

    public required DateTimeOffset Created { get; init; }

    public required DateTimeOffset LastModified { get; init; }
}
