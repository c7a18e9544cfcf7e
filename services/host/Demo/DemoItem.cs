using Glue.Host.Client;

namespace Glue.Host.Demo;

/// <summary>One picture of a demo and what became of it.</summary>
internal sealed class DemoItem(string name, Func<Stream> open, string thumbnailPath)
{
    public string Name { get; } = name;

    public Func<Stream> Open { get; } = open;

    /// <summary>Where the thumbnail is written.</summary>
    public string ThumbnailPath { get; } = thumbnailPath;

    /// <summary>Time the PUT took, its durable acknowledgement included.</summary>
    public TimeSpan Put { get; set; }

    public DateTimeOffset PutStartedAt { get; set; }

    /// <summary>The ledger's row; null when none was there in time.</summary>
    public InvocationView? Invocation { get; set; }

    /// <summary>Size of the thumbnail in bytes; null when it did not arrive.</summary>
    public long? ThumbnailBytes { get; set; }

    /// <summary>Why it did not arrive.</summary>
    public string? Failure { get; set; }
}
