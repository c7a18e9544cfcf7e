using System.Diagnostics;

namespace Glue.Workers;

/// <summary>
/// Activity source <c>Glue.Workers</c>. <see cref="Start"/> is one sandbox's start, an event at the end of each of its stages; the driver adds its own
/// (<c>vmm spawned</c>, <c>monitor answers</c>, <c>state loaded</c>, <c>running</c>), the sandbox <c>agent greets</c> and <c>runtime polls</c>.
/// </summary>
public static class WorkersTracing
{
    public const string Start = "sandbox.start";

    public static ActivitySource Source { get; } = new("Glue.Workers");

    /// <summary>Marks the end of a stage of the start under way here, if somebody listens.</summary>
    internal static void Reached(string stage) => Activity.Current?.AddEvent(new ActivityEvent(stage));
}
