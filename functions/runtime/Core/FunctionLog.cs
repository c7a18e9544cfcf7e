using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Glue.Functions.Runtime;

/// <summary>
/// Lines on standard output, <c>time TAB request id TAB level TAB message</c> as Lambda's .NET runtimes write them. It writes to the
/// descriptor itself: <see cref="Console"/> would add its encodings and terminal handling to every cold start.
/// </summary>
internal sealed unsafe partial class FunctionLog : ILambdaLogger
{
    private const int StandardOutput = 1;
    private const int EINTR = 4;

    private static readonly string[] Levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];

    private readonly int _least;

    private FunctionLog()
    {
        var wanted = Environment.GetEnvironmentVariable("AWS_LAMBDA_LOG_LEVEL") ?? "";
        var index = Array.FindIndex(Levels, level => level.Equals(wanted, StringComparison.OrdinalIgnoreCase));
        _least = index >= 0 ? index : 2;
    }

    public static FunctionLog Current { get; } = new();

    /// <summary>The invocation that lines belong to; empty during init.</summary>
    public string RequestId { get; set; } = "";

    public void Log(string message) => Put(message);

    public void LogLine(string message) => Put(message + "\n");

    public void LogTrace(string message) => Line(0, message);

    public void LogDebug(string message) => Line(1, message);

    public void LogInformation(string message) => Line(2, message);

    public void LogWarning(string message) => Line(3, message);

    public void LogError(string message) => Line(4, message);

    public void LogCritical(string message) => Line(5, message);

    private void Line(int level, string message)
    {
        if (level >= _least)
        {
            var time = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
            Put($"{time}\t{RequestId}\t{Levels[level]}\t{message}\n");
        }
    }

    private static void Put(string text)
    {
        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(text);
        while (!rest.IsEmpty)
        {
            nint written;
            fixed (byte* bytes = rest)
            {
                written = Write(StandardOutput, bytes, (nuint)rest.Length);
            }

            if (written < 0 && Marshal.GetLastPInvokeError() != EINTR)
            {
                return; // nobody reads the log any more; the function's work goes on
            }

            rest = rest[(int)Math.Max(0, written)..];
        }
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, byte* bytes, nuint count);
}
