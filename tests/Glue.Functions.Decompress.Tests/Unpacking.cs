using Glue.Functions.Decompress.Archives;
using Glue.Functions.Objects;

namespace Glue.Functions.Decompress.Tests;

/// <summary>Runs the unpacker over bytes.</summary>
internal static class Unpacking
{
    static Unpacking() => ArchiveLibrary.Start();

    public static Dictionary<string, byte[]> Unpack(byte[] archive, string name = "archive", DecompressSettings? settings = null) =>
        Unpack(new MemoryStream(archive), name, settings).Members;

    public static (Dictionary<string, byte[]> Members, Manifest Manifest) Unpack(Stream archive, string name = "archive", DecompressSettings? settings = null)
    {
        using var store = new MemoryStore();
        var manifest = new Unpacker(settings ?? new DecompressSettings(), store, static () => TimeSpan.FromMinutes(1)).Unpack(archive, name, "");
        store.Publish();
        return (store.Published, manifest);
    }

    public static DecompressSettings Settings(params (string Name, string Value)[] environment) =>
        DecompressSettings.Read(name => environment.FirstOrDefault(variable => variable.Name == name).Value);

    public static ObjectException Fails(byte[] archive, string name = "archive", DecompressSettings? settings = null) =>
        Assert.ThrowsAny<ObjectException>(() => Unpack(archive, name, settings));
}
