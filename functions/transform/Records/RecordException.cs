namespace Glue.Functions.Transform.Records;

/// <summary>One record is wrong; the others go on. The message is the reason, in the words of the rejects object.</summary>
internal sealed class RecordException(string reason) : Exception(reason);
