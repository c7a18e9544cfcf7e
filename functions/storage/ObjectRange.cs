namespace Glue.Functions.Storage;

/// <summary>A part of an object.</summary>
/// <param name="First">Offset of the first byte.</param>
/// <param name="Last">Offset of the last byte, itself included; null: to the end.</param>
public sealed record ObjectRange(long First, long? Last = null)
{
    public override string ToString() => $"bytes={First}-{Last}";
}
