namespace Glue.Dispatcher.FunctionalTests.LambdaApi;

/// <summary>One server for the tests of a class that only send requests; each uses function names of its own.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private readonly TempFolder _folder = new();

    internal DispatcherServer Server { get; private set; } = null!;

    internal TempFolder Folder => _folder;

    public async Task InitializeAsync()
    {
        Server = await DispatcherServer.StartAsync(_folder);
        await Server.DeployAsync("fixed");
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}
