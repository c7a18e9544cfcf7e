namespace Glue.Guest.RuntimeApi;

/// <summary>The connection on which the runtime waits for its next event, or to be restored.</summary>
internal sealed class ParkedPoll
{
    private ApiConnection? _connection;

    public void Park(ApiConnection connection)
    {
        // A client that gave up waiting and came again: the older poll is dead, whatever its socket says.
        if (_connection is { State: ApiConnection.Stage.Parked } former && former != connection)
        {
            former.Close();
        }

        connection.State = ApiConnection.Stage.Parked;
        _connection = connection;
    }

    /// <summary>It goes on: what it waited for is to be written to it.</summary>
    /// <returns>Null: nobody waits for that.</returns>
    public ApiConnection? Take(Operation operation)
    {
        // A connection that was closed, and perhaps opened anew, is no longer parked for that.
        if (_connection is not { State: ApiConnection.Stage.Parked } connection || connection.Request.Operation != operation)
        {
            return null;
        }

        _connection = null;
        connection.Unpark();
        return connection;
    }
}
