namespace Glue.Workers.Channels;

/// <summary>The other side broke the protocol. Its sandbox is killed; nothing else suffers.</summary>
internal sealed class ChannelException(string message) : Exception(message);
