namespace Glue.Dispatcher.Idempotency;

/// <summary>A success that later events of the same key are answered with.</summary>
/// <param name="Key">64 hexadecimal digits, of the function and what its rule looks at.</param>
/// <param name="RequestId">The invocation that ran.</param>
/// <param name="Payload">The function's answer.</param>
/// <param name="ExpiresAt">From then on the key is new.</param>
public sealed record KeptOutcome(string Key, string RequestId, ReadOnlyMemory<byte> Payload, DateTimeOffset ExpiresAt);
