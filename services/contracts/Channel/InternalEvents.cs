namespace Glue.Contracts.Channel;

/// <summary>
/// Request ids of events that are not the user's: while a function snapshot is made (<c>AWS_LAMBDA_INITIALIZATION_TYPE=snap-start</c>) the
/// worker sends them, and the runtimes that come with Glue answer them without calling the handler. The bootstraps know the same texts.
/// </summary>
public static class InternalEvents
{
    /// <summary>Answered with the event itself: what an invocation needs has then run once, and is in the snapshot.</summary>
    public const string Ping = "glue-ping";

    /// <summary>The last one before the snapshot: draw from every generator of random numbers, so that it renews itself afterwards.</summary>
    public const string BeforeSnapshot = "glue-before-snapshot";
}
