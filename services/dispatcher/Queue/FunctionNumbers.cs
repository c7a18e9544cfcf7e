using System.Collections.Concurrent;
using Glue.Dispatcher.Fairness;
using Glue.Foundation.Sqlite;

namespace Glue.Dispatcher.Queue;

/// <summary>A small number for each function that ever had an entry: rows and indexes carry it instead of account and name.</summary>
internal sealed class FunctionNumbers
{
    private readonly ConcurrentDictionary<FunctionKey, long> _numbers = new();

    /// <summary>Inside a change; a number is given with the first entry.</summary>
    public long Of(SqliteWrite write, FunctionKey function)
    {
        if (_numbers.TryGetValue(function, out var number))
        {
            return number;
        }

        write.Statements["INSERT INTO queue_function(account_id, name) VALUES(?, ?) ON CONFLICT DO NOTHING"]
            .With(function.AccountId).With(function.Name).Run();
        using var row = write.Statements["SELECT number FROM queue_function WHERE account_id=? AND name=?"]
            .With(function.AccountId).With(function.Name).Query();
        row.Read();
        number = row.Int64(0);
        write.WhenCommitted(() => _numbers[function] = number); // an undone change gives none
        return number;
    }
}
