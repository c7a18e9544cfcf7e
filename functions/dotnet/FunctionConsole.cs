using System.Text;
using Glue.Functions.Runtime;

namespace Glue.Functions.Dotnet;

/// <summary><see cref="Console"/>'s output as lines of the function's log: standard output as information, standard error as errors, as on Lambda.</summary>
internal sealed class FunctionConsole(Action<string> line) : TextWriter
{
    private readonly StringBuilder _begun = new();
    private readonly Lock _lock = new();

    public override Encoding Encoding => Encoding.UTF8;

    public static void Install()
    {
        Console.SetOut(new FunctionConsole(FunctionLog.Current.LogInformation));
        Console.SetError(new FunctionConsole(FunctionLog.Current.LogError));
    }

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    /// <summary>Whole texts are one entry, whatever lines they have; what <c>Write</c> leaves open waits for its end.</summary>
    public override void WriteLine(string? value)
    {
        lock (_lock)
        {
            line(_begun.Append(value).ToString());
            _begun.Clear();
        }
    }

    public override void Write(ReadOnlySpan<char> buffer)
    {
        lock (_lock)
        {
            for (int end; (end = buffer.IndexOf('\n')) >= 0; buffer = buffer[(end + 1)..])
            {
                line(_begun.Append(buffer[..end].TrimEnd('\r')).ToString());
                _begun.Clear();
            }

            _begun.Append(buffer);
        }
    }

    public override void Flush()
    {
        lock (_lock)
        {
            if (_begun.Length > 0)
            {
                line(_begun.ToString());
                _begun.Clear();
            }
        }
    }
}
