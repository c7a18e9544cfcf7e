using Glue.Foundation.Sqlite;
using Microsoft.Data.Sqlite;

namespace Glue.Foundation.Tests.Sqlite;

public sealed class SqliteDatabaseTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private SqliteDatabase _database = null!;

    public Task InitializeAsync()
    {
        _database = Open();
        _database.Migrate("numbers", "CREATE TABLE number(value INTEGER PRIMARY KEY)");
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Writes_that_wait_together_are_one_transaction()
    {
        using var first = new ManualResetEventSlim();
        var holding = _database.WriteAsync(_ => first.Wait(TimeSpan.FromSeconds(10)));
        var together = Enumerable.Range(0, 100).Select(i => _database.WriteAsync(write =>
        {
            Insert(write, i);
            return Count() == 0; // a reader sees commits only: none of the hundred is committed before the last
        })).ToList();
        first.Set();
        await holding;

        Assert.All(await Task.WhenAll(together), Assert.True);
        Assert.Equal(100, Count());
    }

    [Fact]
    public async Task A_full_disk_refuses_writes_with_the_reason_and_they_succeed_again_once_there_is_room()
    {
        await _database.WriteAsync(write => LimitPages(write, "page_count"));
        var full = await Assert.ThrowsAsync<SqliteException>(() => _database.WriteAsync(write => Fill(write)));
        Assert.Contains("full", full.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<SqliteException>(() => _database.WriteAsync(write => Fill(write)));
        await _database.WriteAsync(write => LimitPages(write, "1000000"));
        await _database.WriteAsync(write => Fill(write));
    }

    [Fact]
    public async Task A_write_that_throws_is_undone_alone()
    {
        using var first = new ManualResetEventSlim();
        var holding = _database.WriteAsync(_ => first.Wait(TimeSpan.FromSeconds(10)));
        var before = _database.WriteAsync(write => Insert(write, 1));
        var failing = _database.WriteAsync(write =>
        {
            Insert(write, 2);
            throw new InvalidOperationException("on purpose");
        });
        var after = _database.WriteAsync(write => Insert(write, 3));
        first.Set();
        await holding;
        await before;
        await after;

        Assert.Equal("on purpose", (await Assert.ThrowsAsync<InvalidOperationException>(() => failing)).Message);
        Assert.Equal([1, 3], Values());
    }

    [Fact]
    public async Task A_write_alone_in_its_group_that_throws_is_undone_too()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => _database.WriteAsync(write =>
        {
            Insert(write, 1);
            throw new InvalidOperationException("on purpose");
        }));
        await _database.WriteAsync(write => Insert(write, 2));

        Assert.Equal([2], Values());
    }

    [Fact]
    public async Task What_was_acknowledged_is_read_by_the_next_reader_and_after_reopening()
    {
        await _database.WriteAsync(write => Insert(write, 7));
        Assert.Equal([7], Values());

        await _database.DisposeAsync();
        _database = Open();

        Assert.Equal([7], Values());
    }

    [Fact]
    public void A_migration_step_runs_once_and_a_newer_files_steps_are_refused()
    {
        _database.Migrate("numbers", "CREATE TABLE number(value INTEGER PRIMARY KEY)", "INSERT INTO number VALUES(1)");
        _database.Migrate("numbers", "CREATE TABLE number(value INTEGER PRIMARY KEY)", "INSERT INTO number VALUES(1)");
        Assert.Equal([1], Values());

        var refused = Assert.Throws<InvalidOperationException>(() => _database.Migrate("numbers", "CREATE TABLE number(value INTEGER PRIMARY KEY)"));

        Assert.Contains("newer Glue", refused.Message, StringComparison.Ordinal);
    }

    private SqliteDatabase Open() => SqliteDatabase.Open(_folder["test.db"]);

    private static void Insert(SqliteWrite write, int value) => write.Prepared("INSERT INTO number VALUES($value)").With("$value", value).ExecuteNonQuery();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("ж\U0001F600 ' -- ")]
    public async Task A_text_comes_back_as_it_was_bound_and_an_empty_one_is_not_null(string? text)
    {
        await _database.WriteAsync(write =>
        {
            write.Statements["CREATE TABLE word(value TEXT)"].Run();
            write.Statements["INSERT INTO word VALUES(?)"].With(text).Run();
        });
        Assert.Equal(text, _database.Query(static statements =>
        {
            using var row = statements["SELECT value FROM word"].Query();
            return row.Read() ? row.TextOrNull(0) : "no row";
        }));
    }

    private int Count() => Values().Count;

    private List<int> Values() => _database.Read(static connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT value FROM number ORDER BY value";
        using var reader = command.ExecuteReader();
        var values = new List<int>();
        while (reader.Read())
        {
            values.Add(reader.GetInt32(0));
        }

        return values;
    });

    private static void LimitPages(SqliteWrite write, string pages)
    {
        if (pages == "page_count")
        {
            pages = write.Prepared("PRAGMA page_count").ExecuteScalar()!.ToString()!;
        }

        write.Prepared($"PRAGMA max_page_count={pages}").ExecuteScalar();
    }

    private static void Fill(SqliteWrite write) =>
        write.Prepared("CREATE TABLE IF NOT EXISTS ballast AS SELECT randomblob(1000000) AS bytes").ExecuteNonQuery();
}
