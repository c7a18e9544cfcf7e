using System.Text.Json.Serialization;
using Glue.Workers.Runtimes;

namespace Glue.Workers.Images;

/// <summary>One built image: what a VM boots, without the agent (see <see cref="AgentInitramfs"/>). Never changes once built.</summary>
public sealed record GuestImage
{
    /// <summary>The folder that holds <c>vmlinux</c>, <c>root.img</c> and <c>modules/</c>; not stored, known by where the manifest lies.</summary>
    [JsonIgnore] public string Folder { get; init; } = "";

    /// <summary>SHA-256 over kernel, modules and root image: part of every snapshot's key.</summary>
    public required string Digest { get; init; }

    /// <summary>What <c>uname -r</c> says inside.</summary>
    public required string KernelRelease { get; init; }

    /// <summary>As the distribution packs it, e.g. <c>20.19.2+dfsg-1</c>.</summary>
    public required string NodeVersion { get; init; }

    public required string PythonVersion { get; init; }

    /// <summary>File names under <c>modules/</c> in the order they must be loaded.</summary>
    public required IReadOnlyList<string> Modules { get; init; }

    /// <summary>What its language runtimes run on: one of each language.</summary>
    [JsonIgnore] public IReadOnlyList<Interpreter> Interpreters =>
        [new(Language.Node, VersionOf(NodeVersion), "/usr/bin/node"), new(Language.Python, VersionOf(PythonVersion), "/usr/bin/python3")];

    [JsonIgnore] public string Kernel => Path.Combine(Folder, KernelFile);

    [JsonIgnore] public string Root => Path.Combine(Folder, RootFile);

    internal const string KernelFile = "vmlinux";
    internal const string RootFile = "root.img";
    internal const string ModulesFolder = "modules";
    internal const string ManifestFile = "image.json";

    /// <summary>Of a package's version, which ends with the distribution's own part.</summary>
    private static Version VersionOf(string package) => Version.Parse(package.Split('+', '-', '~')[0]);
}
