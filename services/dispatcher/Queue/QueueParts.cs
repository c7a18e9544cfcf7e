namespace Glue.Dispatcher.Queue;

/// <summary>What the parts of an <see cref="EmbeddedInvocationQueue"/> work on together.</summary>
/// <param name="Disk">The durable side.</param>
/// <param name="Front">Memory's; only under <paramref name="Lock"/>.</param>
/// <param name="Lock">Never held while the disk is waited for.</param>
/// <param name="Wakeup">Whom to tell that something may be leased.</param>
/// <param name="Clock">Both clocks.</param>
internal sealed record QueueParts(IQueueDisk Disk, QueueFront Front, Lock Lock, QueueWakeup Wakeup, QueueClock Clock);
