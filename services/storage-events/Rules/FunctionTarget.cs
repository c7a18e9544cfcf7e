namespace Glue.StorageEvents.Rules;

/// <summary>A function as a rule's target.</summary>
/// <param name="Environment">Its environment: <c>OUTPUT_PREFIX</c> and <c>OUTPUT_BUCKET</c> declare where it writes. Never logged.</param>
public sealed record FunctionTarget(IReadOnlyDictionary<string, string> Environment);
