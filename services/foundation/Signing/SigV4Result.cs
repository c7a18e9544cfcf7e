namespace Glue.Foundation.Signing;

/// <summary>Outcome of a verification: a credential and how its body is signed, or a failure.</summary>
public readonly record struct SigV4Result
{
    private SigV4Result(Credential? credential, PayloadSigning payloadSigning, SigV4Failure? failure)
    {
        Credential = credential;
        PayloadSigning = payloadSigning;
        Failure = failure;
    }

    /// <summary>Who signed; null when <see cref="Failure"/> is set.</summary>
    public Credential? Credential { get; }

    /// <summary>Null: the signature is good.</summary>
    public SigV4Failure? Failure { get; }

    /// <summary>What the reader of the body still has to check.</summary>
    public PayloadSigning PayloadSigning { get; }

    internal static SigV4Result Good(Credential credential, PayloadSigning payload) => new(credential, payload, null);

    internal static SigV4Result Bad(SigV4FailureKind kind, string message) => Bad(new SigV4Failure(kind, message));

    internal static SigV4Result Bad(SigV4Failure failure) => new(null, PayloadSigning.Unsigned, failure);
}
