using System.ComponentModel.DataAnnotations;

namespace Glue.Dispatcher.Tests;

public sealed class DispatcherOptionsTests
{
    [Fact]
    public void The_defaults_are_valid() => new DispatcherOptions { CodeFolder = "code", SecretKeyFile = "key" }.Validate();

    [Fact]
    public void All_faults_are_reported_at_once()
    {
        var options = new DispatcherOptions
        {
            CodeFolder = "code",
            SecretKeyFile = "key",
            MaxAsyncInvocations = 0,
            MaxBackoff = TimeSpan.FromMilliseconds(5),
            RetryDelays = [TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero],
        };
        var message = Assert.Throws<ValidationException>(options.Validate).Message;
        Assert.Contains("MaxAsyncInvocations", message, StringComparison.Ordinal);
        Assert.Contains("MaxBackoff", message, StringComparison.Ordinal);
        Assert.Contains("RetryDelays", message, StringComparison.Ordinal);
    }
}
