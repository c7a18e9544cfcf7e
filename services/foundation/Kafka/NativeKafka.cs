using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace Glue.Foundation.Kafka;

/// <summary>Binds Confluent.Kafka to the distribution's librdkafka: security fixes come with the distribution.</summary>
public static class NativeKafka
{
    private const string LibraryFile = "librdkafka.so.1";

    private static readonly Lazy<bool> Bound = new(Bind);

    /// <summary>For people, e.g. <c>2.0.2</c>.</summary>
    /// <exception cref="DllNotFoundException">librdkafka is not installed.</exception>
    public static string Version
    {
        get
        {
            Use();
            return Library.VersionString;
        }
    }

    /// <summary>Idempotent; called before the first client is made.</summary>
    /// <exception cref="DllNotFoundException">librdkafka is not installed.</exception>
    public static void Use() => _ = Bound.Value;

    private static bool Bind()
    {
        // Here and not in the resolver: Confluent.Kafka would hide the reason behind a message of its own.
        if (!NativeLibrary.TryLoad(LibraryFile, out var handle))
        {
            throw new DllNotFoundException($"{LibraryFile} was not found. Install the distribution's package librdkafka1.");
        }

        NativeLibrary.SetDllImportResolver(typeof(Library).Assembly, (name, _, _) => name == "librdkafka" ? handle : IntPtr.Zero);
        return true;
    }
}
