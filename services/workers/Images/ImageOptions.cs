using System.ComponentModel.DataAnnotations;

namespace Glue.Workers.Images;

/// <summary>What guests are made of, and where the made parts lie. Section <c>Workers:Images</c>.</summary>
public sealed record ImageOptions
{
    /// <summary>Where built images are kept; several workers of one machine may share it. About 350 MB.</summary>
    [Required] public string Folder { get; init; } = Path.Combine(AppContext.BaseDirectory, "images");

    /// <summary>
    /// Debian release of kernel and root image; independent of the host's own. Default <c>trixie</c>: its nodejs is 20, its glibc
    /// runs what was built on any distribution up to its age.
    /// </summary>
    [Required] public string Suite { get; init; } = "trixie";

    /// <summary>Package mirror; null takes mmdebstrap's default (deb.debian.org, with security updates).</summary>
    public string? Mirror { get; init; }
}
