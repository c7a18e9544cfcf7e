namespace Glue.Functions.Transform.Records;

/// <summary>What a value is. Everything in a CSV is text until it is cast.</summary>
internal enum ValueKind : byte
{
    Null,
    Boolean,
    Integer,
    Number,
    Text,

    /// <summary>An object or array of JSON, carried as it is.</summary>
    Json,
}
