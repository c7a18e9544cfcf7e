namespace Glue.Contracts.Channel;

/// <summary>
/// Request ids of events that are not the user's: while a function snapshot is made (<c>AWS_LAMBDA_INITIALIZATION_TYPE=snap-start</c>) the
/// worker sends them to a runtime that asked for its first event with the header <see cref="Header"/>, and to no other. It answers them
/// without calling the handler. The runtimes that come with Glue do; their sources have the same texts.
/// </summary>
public static class InternalEvents
{
    /// <summary>Of a request for <c>invocation/next</c>; any value: this runtime knows the events below by their ids.</summary>
    public const string Header = "Glue-Internal-Events";

    /// <summary>Stream number of a <see cref="FrameType.Ready"/> that came with <see cref="Header"/>.</summary>
    public const int Answered = 1;

    /// <summary>Answered with the event itself: what an invocation needs has then run once, and is in the snapshot.</summary>
    public const string Ping = "glue-ping";

    /// <summary>
    /// The last one before the snapshot: run what the function registered for this moment, and draw from every generator of random
    /// numbers, so that it renews itself afterwards. The next request is <c>restore/next</c>, or the next poll.
    /// </summary>
    public const string BeforeSnapshot = "glue-before-snapshot";
}
