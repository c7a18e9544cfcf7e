namespace Glue.Dispatcher.Tests.Simulation;

/// <summary>Something happened that must not; the message begins with the seed that shows it again.</summary>
public sealed class ViolationException(string message) : Exception(message);
