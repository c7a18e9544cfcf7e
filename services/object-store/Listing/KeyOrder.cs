namespace Glue.ObjectStore.Listing;

/// <summary>The order of keys: by their UTF-8 bytes.</summary>
internal static class KeyOrder
{
    /// <returns>Length of the common prefix a key rolls up into, delimiter included; 0: it does not.</returns>
    public static int CommonPrefixLength(byte[] key, int prefixLength, byte[] delimiter)
    {
        if (delimiter.Length == 0)
        {
            return 0;
        }

        var found = key.AsSpan(prefixLength).IndexOf(delimiter);
        return found < 0 ? 0 : prefixLength + found + delimiter.Length;
    }

    public static byte[] Later(byte[] one, byte[] other) => one.AsSpan().SequenceCompareTo(other) >= 0 ? one : other;

    /// <summary>
    /// The least bytes greater than everything that starts with <paramref name="prefix"/>, which is not empty. UTF-8 has no byte
    /// 0xFF, so its last byte can always be raised.
    /// </summary>
    public static byte[] Successor(byte[] prefix)
    {
        var successor = (byte[])prefix.Clone();
        successor[^1]++;
        return successor;
    }
}
