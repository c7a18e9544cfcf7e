namespace Glue.Workers.Images;

/// <summary>The guests' read-only root: one image for all runtimes, so that its page cache and its base snapshot are shared by all.</summary>
internal static class RootImage
{
    /// <summary>Changes whenever the recipe below does, so that an image of an older recipe is built again.</summary>
    public const int Recipe = 8;

    /// <summary>What a handler may expect to find, as on Lambda: the runtimes, their AWS SDK where the distribution has one, TLS roots, libvips, libarchive, ISA-L, ffmpeg.</summary>
    private static readonly string[] Packages =
        ["nodejs", "python3", "python3-boto3", "ca-certificates", "libvips42t64", "libarchive13t64", "libisal2", "ffmpeg"];

    /// <summary>
    /// Documentation and translations: nothing in a function reads them. And Mesa's drivers with their compiler, which ffmpeg's libraries
    /// would load to draw on a screen: 200 MB, half of the image.
    /// </summary>
    private static readonly string[] Left =
    [
        "/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*", "/usr/share/lintian/*", "/usr/share/bug/*",
        "/usr/lib/*/libLLVM*", "/usr/lib/*/libz3*", "/usr/lib/*/libgallium*", "/usr/lib/*/dri/*",
    ];

    /// <summary>
    /// Runs inside mmdebstrap before it packs. Mount points and names; the kernel package is fetched with the guest's own package
    /// lists (so the host's distribution does not matter) and never installed anywhere.
    /// </summary>
    private const string CustomizeHook = """
        set -e
        mkdir -p "$1/var/task" "$1/var/runtime" "$1/var/lang"
        echo '127.0.0.1 localhost sandbox sandbox.localdomain' >"$1/etc/hosts"
        echo function >"$1/etc/hostname"
        echo 'sbx_user1051:x:993:990::/tmp:/usr/sbin/nologin' >>"$1/etc/passwd"
        echo 'sbx_user1051:x:990:' >>"$1/etc/group"
        chroot "$1" dpkg-query -W -f '${Package}\t${Version}\n' >"$GLUE_OUT/packages"
        (
            cd "$GLUE_OUT"
            export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"
            kernel=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: \(linux-image-.*\)/\1/p')
            apt-get download -q -o APT::Sandbox::User=root "$kernel"
        )
        rm -rf "$1"/etc/*shadow* "$1"/var/log/* "$1"/var/cache/ldconfig "$1"/var/cache/debconf "$1"/etc/resolv.conf "$1"/etc/machine-id
        find "$1"/usr -name __pycache__ -prune -exec rm -rf {} +
        chroot "$1" env PYTHONHASHSEED=0 python3 -m compileall -q --invalidation-mode unchecked-hash /usr/lib/python3 /usr/lib/python3.*
        """;

    /// <summary>Makes <c>root.img</c> in <paramref name="folder"/>, and leaves there <c>packages</c> and the kernel's .deb.</summary>
    public static async Task BuildAsync(ImageOptions options, string folder, Action<string> line, CancellationToken cancellationToken)
    {
        var tar = Path.Combine(folder, "root.tar");
        List<string> arguments =
        [
            "--variant=minbase", "--format=tar", $"--include={string.Join(',', Packages)}",
            "--aptopt=APT::Install-Recommends \"false\"",
            .. Left.Select(path => $"--dpkgopt=path-exclude={path}"),
            $"--customize-hook=GLUE_OUT='{folder.Replace("'", "'\\''", StringComparison.Ordinal)}'; {CustomizeHook}",
            options.Suite, tar,
        ];
        if (options.Mirror is not null)
        {
            arguments.Add(options.Mirror);
        }

        try
        {
            await Tool.RunAsync("mmdebstrap", arguments, line: line, cancellationToken: cancellationToken);
            line("packing the root image");
            await using var input = File.OpenRead(tar);
            await Tool.RunAsync("mksquashfs", SquashfsArguments(["-"], Path.Combine(folder, GuestImage.RootFile), "-tar", "-root-mode", "0755"), input, cancellationToken: cancellationToken);
        }
        finally
        {
            File.Delete(tar);
        }
    }

    /// <summary>One way of packing for root and code images: LZ4 (cheap to unpack even in an emulated guest), fixed times.</summary>
    public static IEnumerable<string> SquashfsArguments(IEnumerable<string> sources, string destination, params IEnumerable<string> more) =>
        [.. sources, destination, "-comp", "lz4", "-noappend", "-no-progress", "-quiet", "-no-xattrs", .. more];
}
