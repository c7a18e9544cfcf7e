using Glue.Functions.Http;

namespace Glue.Functions.Storage;

/// <summary>An object being read. Dispose it: its connection goes back to the client.</summary>
public sealed class StoredObject : IDisposable
{
    private readonly StorageClient _client;
    private HttpConnection? _connection;

    internal StoredObject(StorageClient client, HttpConnection connection, HttpResponse response)
    {
        _client = client;
        _connection = connection;
        Info = ObjectInfo.Read(response);
        Body = response.Body;
    }

    public ObjectInfo Info { get; }

    /// <summary>The bytes, read from the socket as they are asked for.</summary>
    public Stream Body { get; }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _connection, null) is { } connection)
        {
            _client.Return(connection);
        }
    }
}
