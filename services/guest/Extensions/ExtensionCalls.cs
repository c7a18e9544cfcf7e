using Glue.Guest.RuntimeApi;

namespace Glue.Guest.Extensions;

/// <summary>A whole request of an extension on a connection of the Runtime API: answered, or parked until the extension's next event.</summary>
internal sealed class ExtensionCalls(ExtensionApi api, ExtensionSet extensions, Invocation invocation)
{
    public void Finish(ApiConnection connection, ExtensionRequest asked)
    {
        if (api.Serve(connection, asked))
        {
            connection.State = ApiConnection.Stage.Parked;
            connection.Flush(); // an answer may have come before it, and nothing may follow for long
            var extension = extensions.WithIdentifier(asked.Identifier)!;
            if (extension.Missed is { } missed)
            {
                extension.Missed = null;
                ExtensionReplies.Event(extension, missed);
            }
            else
            {
                invocation.RestIfDone();
            }
        }
        else if (!connection.Request.KeepAlive && connection.Flush())
        {
            connection.Close();
        }
    }
}
