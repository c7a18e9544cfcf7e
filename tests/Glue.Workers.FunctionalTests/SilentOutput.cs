using Xunit.Abstractions;

namespace Glue.Workers.FunctionalTests;

internal sealed class SilentOutput : ITestOutputHelper
{
    public void WriteLine(string message)
    {
        // Only the line that says "running" is read.
    }

    public void WriteLine(string format, params object[] args)
    {
        // As above.
    }
}
