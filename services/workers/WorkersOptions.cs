using System.ComponentModel.DataAnnotations;

namespace Glue.Workers;

/// <summary>What the workers of this process may use together, and where their parts are; <see cref="WorkerShares"/> says what each of them gets.</summary>
public sealed record WorkersOptions : IValidatableObject
{
    /// <summary>The first worker's name in logs, metrics and heartbeats; the others add their number.</summary>
    public string Id { get; init; } = "local";

    /// <summary>
    /// Workers in this process, which share out the memory budget, places and starts below: a function can be no larger than one worker's part.
    /// 1 to 16; default 1, which one machine needs no more than.
    /// </summary>
    [Range(1, MaxCount)] public int Count { get; init; } = 1;

    /// <summary>Unpacked code is kept below; may be emptied while no worker runs.</summary>
    [Required] public required string Folder { get; init; }

    /// <summary>The published agent with its runtime bootstraps (<c>artifacts/guest</c>).</summary>
    [Required] public required string GuestFolder { get; init; }

    /// <summary>Sandboxes alive at once, idle and busy together. 1 to 4096, at least one for each worker; default 256.</summary>
    [Range(1, 4096)] public int MaxSandboxes { get; init; } = 256;

    /// <summary>Sum of the memory sizes of all sandboxes alive, at least 128 for each worker. 0, the default: 75 % of this machine's memory.</summary>
    [Range(0, 16 * 1024 * 1024)] public int MemoryBudgetMiB { get; init; }

    /// <summary>Sandboxes starting at the same time; more would only slow each other down. Every worker may start one. 0, the default: one per core.</summary>
    [Range(0, 256)] public int MaxConcurrentStarts { get; init; }

    /// <summary>Objects of attached stores that functions have read, kept for the next function on the same event. 0 (none) to 1048576 MiB; default 256.</summary>
    [Range(0, 1024 * 1024)] public int StorageCacheMiB { get; init; } = 256;

    /// <summary>Idle time before a sandbox is given up. 100 ms to 1 d; default 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "1.00:00:00")]
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Age at which a sandbox is replaced by another between two invocations; its session keys end with it. 1 s to 7 d; default 12 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan SandboxLifetime { get; init; } = TimeSpan.FromHours(12);

    /// <summary>How long a request waits for room on this worker before it comes back as not run. 100 ms to 1 h; default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan RoomTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>From a sandbox's start to its agent's first word. 100 ms to 1 h; default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan BootTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From the runtime's start to its first poll, at least: a function's own timeout holds where it is longer. 100 ms to 15 min; default 10 s, as Lambda's init phase.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:15:00")]
    public TimeSpan InitTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From the restore of a function's snapshot to its runtime's poll: what its after-restore hooks may take. 100 ms to 15 min; default 10 s, as Lambda's.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:15:00")]
    public TimeSpan RestoreTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The agent ends what takes too long. This much later the worker takes it that the agent itself does not run any more and kills the sandbox, the event
    /// counts as failed; a start has <see cref="BootTimeout"/> on top. 100 ms to 10 min; default 10 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan AgentGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What a sandbox's extensions may take when it is given up or has failed. 100 ms to 1 min; default 2 s, as Lambda's.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a stopping worker lets running invocations finish. 0 to 1 h; default 20 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Under root every sandbox runs as a user of its own: this id plus a slot number, 10000 slots for each worker. They need no entry anywhere. 1000 or more.</summary>
    [Range(1000, int.MaxValue)]
    public uint FirstUserId { get; init; } = 734_000;

    /// <summary>
    /// Folders of interpreters for single runtimes, by the runtime's name: <c>"python3.13": "/opt/python-3.13"</c> has <c>bin/python3</c> below it and works
    /// from any place (as node's and python's own distributions do). Seen at <c>/var/lang</c> in those functions' sandboxes. Default: none.
    /// </summary>
    public IReadOnlyDictionary<string, string> Interpreters { get; init; } = new Dictionary<string, string>();

    /// <summary>Folders of more interpreters, each a subfolder as in <see cref="Interpreters"/>, for whatever runtime they fit. Null, the default: <c>interpreters</c> beside <see cref="GuestFolder"/>.</summary>
    public string? InterpretersFolder { get; init; }

    internal const int MaxCount = 16;

    // Lambda's smallest function.
    private const int LeastMemoryMiB = 128;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxSandboxes < Count)
        {
            yield return new($"{Count} workers (Count) cannot share {MaxSandboxes} sandboxes (MaxSandboxes): each needs one at least.");
        }

        if (MemoryBudgetMiB > 0 && MemoryBudgetMiB / Count < LeastMemoryMiB && Count > 1)
        {
            yield return new($"{Count} workers (Count) cannot share {MemoryBudgetMiB} MiB (MemoryBudgetMiB): each needs {LeastMemoryMiB} at least.");
        }
    }
}
