using System.Collections.Concurrent;
using Glue.Dispatcher.Fairness;
using Glue.Foundation.Sqlite;

namespace Glue.Dispatcher.Queue;

/// <summary>A small number for each logical queue that ever had an entry: rows and indexes carry it instead of account, name and qualifier.</summary>
/// <param name="most">How many memory holds; those of functions that are gone would else stay for ever.</param>
internal sealed class FunctionNumbers(int most)
{
    private readonly ConcurrentDictionary<FunctionKey, long> _numbers = new();

    public int CountInMemory => _numbers.Count;

    /// <summary>Inside a change; a number is given with the first entry.</summary>
    public long Of(SqliteWrite write, FunctionKey function)
    {
        if (_numbers.TryGetValue(function, out var number))
        {
            return number;
        }

        write.Statements["INSERT INTO queue_function(account_id, name, qualifier) VALUES(?, ?, ?) ON CONFLICT DO NOTHING"]
            .With(function.AccountId).With(function.Name).With(function.Qualifier ?? "").Run();
        number = Read(write.Statements, function)!.Value;
        write.WhenCommitted(() => Remember(function, number)); // an undone change gives none
        return number;
    }

    /// <summary>Beside all changes.</summary>
    /// <returns>Null: it never had an entry.</returns>
    public long? Find(SqliteStatements statements, FunctionKey function) =>
        _numbers.TryGetValue(function, out var number) ? number : Read(statements, function);

    private static long? Read(SqliteStatements statements, FunctionKey function)
    {
        using var row = statements["SELECT number FROM queue_function WHERE account_id=? AND name=? AND qualifier=?"]
            .With(function.AccountId).With(function.Name).With(function.Qualifier ?? "").Query();
        return row.Read() ? row.Int64(0) : null;
    }

    private void Remember(FunctionKey function, long number)
    {
        if (_numbers.Count >= most)
        {
            _numbers.Clear(); // those in use come back with their next entry, one look at an index each
        }

        _numbers[function] = number;
    }
}
