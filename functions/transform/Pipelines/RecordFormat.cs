namespace Glue.Functions.Transform.Pipelines;

/// <summary>How records stand in an object.</summary>
internal enum RecordFormat
{
    Csv,
    Json,
    JsonLines,
    Text,
}
