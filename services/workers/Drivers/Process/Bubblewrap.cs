using System.Globalization;
using Glue.Workers.Runtimes;
using Glue.Workers.Sandboxes;

namespace Glue.Workers.Drivers.Process;

/// <summary>The command line of a process sandbox.</summary>
internal static class Bubblewrap
{
    public const string Program = "/usr/bin/bwrap";

    // Lambda's own numbers for the user that functions run as.
    private const string SandboxUser = "993";
    private const string SandboxGroup = "990";

    /// <summary>Host files a runtime may need, in /etc; what a host lacks is left out.</summary>
    private static readonly string[] EtcFiles =
        ["/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/ca-certificates", "/etc/localtime", "/etc/alternatives", "/etc/fonts", "/etc/mime.types", "/etc/ImageMagick-6", "/etc/vips"];

    /// <summary>/bin, /lib … as this host has them: links into /usr, or folders of their own.</summary>
    private static readonly string[] MergedFolders = ["/bin", "/sbin", "/lib", "/lib64", "/lib32", "/libx32"];

    private static readonly string[] Fixed = BuildFixed();

    /// <param name="code">Folder seen at /var/task.</param>
    /// <param name="layers">Folder seen at /opt.</param>
    /// <param name="guest">Folder seen at /var/runtime.</param>
    /// <param name="interpreter">Folder seen at /var/lang; null: none.</param>
    /// <param name="etc">Folder with the sandbox's own passwd, group, hosts, nsswitch.conf and resolv.conf.</param>
    /// <param name="temporaryMiB">Size of /tmp.</param>
    /// <param name="command">What runs as PID 1.</param>
    public static IEnumerable<string> Command(string code, string layers, string guest, string? interpreter, string etc, int temporaryMiB, params IEnumerable<string> command) =>
    [
        Program,
        .. Fixed,
        .. OwnEtc(etc),
        "--ro-bind", code, "/var/task",
        "--ro-bind", layers, "/opt",
        "--ro-bind", guest, "/var/runtime",
        .. interpreter is null ? [] : (string[])["--ro-bind", interpreter, Interpreter.Folder],
        "--size", (temporaryMiB * 1024L * 1024).ToString(CultureInfo.InvariantCulture), "--tmpfs", "/tmp",
        "--remount-ro", "/", // bubblewrap's root is a tmpfs of its own
        "--chdir", "/var/task",
        "--", .. command,
    ];

    /// <summary>Writes the sandbox's own files of /etc; the same for all sandboxes.</summary>
    public static void WriteEtc(string folder)
    {
        Directory.CreateDirectory(folder);
        var files = new Dictionary<string, string>
        {
            ["passwd"] = $"root:x:0:0:root:/:/bin/sh\nsbx_user:x:{SandboxUser}:{SandboxGroup}::/tmp:/bin/sh\n",
            ["group"] = $"root:x:0:\nsbx_user:x:{SandboxGroup}:\n",
            ["hosts"] = "127.0.0.1 localhost sandbox sandbox.localdomain\n", // where extensions say that they listen
            ["nsswitch.conf"] = "passwd: files\ngroup: files\nhosts: files\n",
            ["resolv.conf"] = "",
        };
        foreach (var (name, text) in files)
        {
            var path = Path.Combine(folder, name);
            File.WriteAllText(path, text);
            File.SetUnixFileMode(path, (UnixFileMode)0b110_100_100);
        }
    }

    private static IEnumerable<string> OwnEtc(string folder)
    {
        foreach (var name in (string[])["passwd", "group", "hosts", "nsswitch.conf", "resolv.conf"])
        {
            yield return "--ro-bind";
            yield return $"{folder}/{name}";
            yield return $"/etc/{name}";
        }
    }

    private static string[] BuildFixed()
    {
        List<string> arguments =
        [
            "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-net", "--unshare-cgroup-try",
            "--disable-userns", // nothing inside may make a namespace in which it would be root again
            "--uid", SandboxUser, "--gid", SandboxGroup, "--hostname", "sandbox",
            "--cap-drop", "ALL", "--new-session", "--die-with-parent", "--as-pid-1", "--clearenv",
            "--ro-bind", "/usr", "/usr",
        ];
        foreach (var folder in MergedFolders.Where(Directory.Exists))
        {
            arguments.AddRange(new FileInfo(folder).LinkTarget is { } target ? ["--symlink", target, folder] : ["--ro-bind", folder, folder]);
        }

        foreach (var file in EtcFiles.Where(static each => Path.Exists(each)))
        {
            arguments.AddRange(["--ro-bind", file, file]);
        }

        arguments.AddRange(["--proc", "/proc", "--dev", "/dev"]);
        return [.. arguments];
    }
}
