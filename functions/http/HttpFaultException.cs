namespace Glue.Functions.Http;

/// <summary>The exchange broke below HTTP's own answers: no connection, a connection cut off, or bytes that are not HTTP/1.1.</summary>
public sealed class HttpFaultException(string message, Exception? inner = null) : IOException(message, inner);
