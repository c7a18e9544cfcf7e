namespace Glue.ObjectStore.Tests.Objects;

public sealed class ReplacedBodyTests : IAsyncLifetime
{
    private readonly CatalogFixture _store = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task A_file_that_a_put_replaced_is_gone_soon_after_its_answer()
    {
        var bucket = await _store.BucketAsync();
        for (byte i = 0; i < 5; i++)
        {
            await _store.PutAsync(bucket, "key", [.. Enumerable.Repeat(i, 100_000)]);
        }

        for (var tries = 0; _store.Bodies != 1; tries++)
        {
            Assert.True(tries < 1200, $"{_store.Bodies} bodies are there after 30 s");
            await Task.Delay(25);
        }
    }
}
