namespace Glue.Functions.Transform.Pipelines;

/// <summary>Compression of an object.</summary>
internal enum Packing
{
    None,
    Gzip,
    Zstd,
}
