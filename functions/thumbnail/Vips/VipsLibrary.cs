namespace Glue.Functions.Thumbnail.Vips;

/// <summary>Starts libvips once, for one small sandbox: one thread, no caches, only the loaders that a thumbnail needs.</summary>
internal static class VipsLibrary
{
    // Everything that libvips can read but people do not upload as pictures is closed: old and rare parsers are where the holes are.
    private static readonly string[] Loaders =
        ["VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp", "VipsForeignLoadNsgif", "VipsForeignLoadTiff"];

    private static readonly Dictionary<string, bool> PluginLoaders = new(StringComparer.Ordinal);

    /// <exception cref="DllNotFoundException">The distribution's package libvips42 is not installed.</exception>
    /// <exception cref="VipsException">libvips does not start.</exception>
    public static void Start()
    {
        // libvips looks for its plug-ins (HEIF, PDF, ImageMagick, …) below VIPSHOME, and loading all of them takes 12 of the 13 ms of its
        // start. It is shown an empty place; the one plug-in that is wanted is loaded with the first picture that needs it.
        _ = VipsNative.SetEnvironment("VIPSHOME", "/nonexistent", 1);
        if (VipsNative.Init("thumbnail") != 0)
        {
            throw VipsException.TakeLast();
        }

        VipsNative.SetConcurrency(1);
        VipsNative.SetCacheMax(0);
        VipsNative.BlockOperations("VipsForeignLoad", 1);
        foreach (var loader in Loaders)
        {
            VipsNative.BlockOperations(loader, 0);
        }
    }

    /// <summary>Makes HEIF (HEIC, AVIF) readable and writable, where libvips has it built in or as a plug-in.</summary>
    public static bool TryLoadHeif() => TryLoad("VipsForeignLoadHeif", "vips-heif.so");

    /// <summary>Makes PDF readable, where libvips has it.</summary>
    public static bool TryLoadPdf() => TryLoad("VipsForeignLoadPdf", "vips-poppler.so");

    private static bool TryLoad(string loader, string file)
    {
        if (PluginLoaders.TryGetValue(loader, out var loaded))
        {
            return loaded;
        }

        if (VipsNative.TypeByName(loader) == 0 && FindPlugin(file) is { } plugin)
        {
            _ = VipsNative.OpenModule(plugin, 1); // a failure shows below: the loader's type is still unknown
        }

        VipsNative.BlockOperations(loader, 0);
        return PluginLoaders[loader] = VipsNative.TypeByName(loader) != 0;
    }

    /// <summary>Plug-ins lie beside the library that is loaded: <c>…/vips-modules-8.14/</c>.</summary>
    private static string? FindPlugin(string name)
    {
        foreach (var line in File.ReadLines("/proc/self/maps"))
        {
            if (line.IndexOf('/', StringComparison.Ordinal) is > 0 and var path && line.Contains("/libvips.so", StringComparison.Ordinal))
            {
                var folder = Path.GetDirectoryName(line[path..])!;
                var plugin = $"{folder}/vips-modules-{VipsNative.Version(0)}.{VipsNative.Version(1)}/{name}";
                return File.Exists(plugin) ? plugin : null;
            }
        }

        return null;
    }
}
