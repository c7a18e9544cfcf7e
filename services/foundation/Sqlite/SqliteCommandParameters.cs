using Microsoft.Data.Sqlite;

namespace Glue.Foundation.Sqlite;

/// <summary>Sets a parameter of a kept statement without making a new one each time.</summary>
public static class SqliteCommandParameters
{
    public static SqliteCommand With(this SqliteCommand command, string name, object? value)
    {
        ArgumentNullException.ThrowIfNull(command);
        var index = command.Parameters.IndexOf(name);
        if (index < 0)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }
        else
        {
            var parameter = command.Parameters[index];
            parameter.ResetSqliteType(); // a kept parameter may have carried another type (text once, null now)
            parameter.Value = value ?? DBNull.Value;
        }

        return command;
    }
}
