namespace Glue.Guest.Telemetry;

/// <summary>Cuts what a process writes into lines. A line without an end is cut at the length at which Lambda cuts log events.</summary>
internal sealed class LineCutter
{
    private const int MaxLine = 256 * 1024;

    private readonly List<byte> _partial = [];

    public delegate void Taker(ReadOnlySpan<byte> line);

    public void Cut(ReadOnlySpan<byte> bytes, Taker take)
    {
        int end;
        while ((end = bytes.IndexOf((byte)'\n')) >= 0)
        {
            if (_partial.Count == 0)
            {
                take(bytes[..end]);
            }
            else
            {
                _partial.AddRange(bytes[..end]);
                Flush(take);
            }

            bytes = bytes[(end + 1)..];
        }

        if (_partial.Count + bytes.Length > MaxLine)
        {
            Flush(take);
        }

        _partial.AddRange(bytes);
    }

    private void Flush(Taker take)
    {
        take(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_partial));
        _partial.Clear();
    }
}
