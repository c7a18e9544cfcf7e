namespace Glue.Functions.Runtime;

/// <summary>One event as the Runtime API handed it over; its bytes are overwritten by the next one.</summary>
internal readonly record struct RuntimeInvocation(MemoryStream Event, LambdaContext Context);
