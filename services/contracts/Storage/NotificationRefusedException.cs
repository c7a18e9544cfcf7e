namespace Glue.Contracts.Storage;

/// <summary>A bucket's notification configuration cannot be taken as it is; the message tells its author why and what to do.</summary>
public sealed class NotificationRefusedException(string message) : Exception(message);
