namespace Glue.Host.FunctionalTests;

/// <summary>One stack for all classes of the collection: most claims need a running one, few need one of their own.</summary>
public sealed class SharedStack : IAsyncLifetime
{
    private readonly TempFolder _folder = new();

    public Stack Stack { get; private set; } = null!;

    public async Task InitializeAsync() => Stack = await Stack.StartAsync(_folder["data"]);

    public async Task DisposeAsync()
    {
        if (Stack is not null)
        {
            await Stack.DisposeAsync();
        }

        _folder.Dispose();
    }
}

[CollectionDefinition(Name)]
public sealed class SharedStackCollection : ICollectionFixture<SharedStack>
{
    public const string Name = "one stack";
}
