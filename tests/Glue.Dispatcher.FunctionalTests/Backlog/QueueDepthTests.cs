using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Glue.Dispatcher.FunctionalTests.Backlog;

/// <summary>The gauges of what waits, by account.</summary>
public sealed class QueueDepthTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(string Instrument, string Account), double> _values = new();

    public void Dispose()
    {
        _listener.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_gauges_show_how_much_of_an_account_waits_or_runs_and_how_old_the_oldest_is_and_fall_to_nothing()
    {
        await using var server = await DispatcherServer.StartAsync(_folder, static options => options with { MaxAsyncInvocations = 1, QueueDepthInterval = TimeSpan.FromMilliseconds(20) });
        Listen(server);
        await server.DeployAsync("f");
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Worker.Script = async (_, _, token) =>
        {
            await release.Task.WaitAsync(token);
            return FakeWorker.Succeeded([]);
        };
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(202, (await server.SendAsync(HttpMethod.Post, "/2015-03-31/functions/f/invocations", "1", header: ("X-Amz-Invocation-Type", "Event"))).Status);
        }

        await UntilAsync((depth, age) => depth == 3 && age > 0);
        release.SetResult();
        await UntilAsync(static (depth, age) => depth == 0 && age == 0);
    }

    private void Listen(DispatcherServer server)
    {
        var meters = server.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters) && instrument.Name.StartsWith("dispatcher.queue.", StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _values[(instrument.Name, (string)tags[0].Value!)] = value);
        _listener.Start();
    }

    private async Task UntilAsync(Func<double, double, bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            _listener.RecordObservableInstruments();
            if (_values.TryGetValue(("dispatcher.queue.depth", DispatcherServer.Account), out var depth)
                && _values.TryGetValue(("dispatcher.queue.oldest_age", DispatcherServer.Account), out var age) && holds(depth, age))
            {
                return;
            }

            await Task.Delay(20, limit.Token);
        }
    }
}
