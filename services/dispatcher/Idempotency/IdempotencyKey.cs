namespace Glue.Dispatcher.Idempotency;

/// <summary>What makes two events of one function the same.</summary>
internal sealed record IdempotencyKey
{
    /// <param name="hash">SHA-256.</param>
    public IdempotencyKey(byte[] hash) => Text = Convert.ToHexString(hash);

    /// <summary>64 hexadecimal digits.</summary>
    public string Text { get; }
}
