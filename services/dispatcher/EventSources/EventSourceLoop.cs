using System.Collections.Concurrent;
using System.Threading.Channels;
using Glue.Foundation.Hosting;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.EventSources;

/// <summary>Keeps a <see cref="MappingRun"/> for each enabled mapping and none for the others.</summary>
internal sealed class EventSourceLoop : ServiceLoop
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(5);

    private readonly EventSourceStore _store;
    private readonly KafkaClusters _clusters;
    private readonly IBatchInvoker _invoker;
    private readonly IFailedBatches _failures;
    private readonly EventSourceOptions _options;
    private readonly DispatcherOptions _dispatcher;
    private readonly EventSourceMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger<EventSourceLoop> _logger;
    private readonly ConcurrentDictionary<string, MappingLife> _lives = new(StringComparer.Ordinal);

    // Holds at most one token: "look again". A token that is already there stands for all later ones.
    private readonly Channel<bool> _look = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public EventSourceLoop(
        EventSourceStore store, KafkaClusters clusters, IBatchInvoker invoker, IFailedBatches failures, EventSourceOptions options,
        DispatcherOptions dispatcher, EventSourceMetrics metrics, TimeProvider time, ILogger<EventSourceLoop> logger)
    {
        (_store, _clusters, _invoker, _failures, _options, _dispatcher, _metrics, _time, _logger) =
            (store, clusters, invoker, failures, options, dispatcher, metrics, time, logger);
        store.WhenChanged(Look);
        Look();
    }

    /// <summary>AWS's State and LastProcessingResult.</summary>
    public (string State, string Result) StatusOf(EventSourceMapping mapping)
    {
        var life = _lives.GetValueOrDefault(mapping.Uuid);
        var state = mapping.IsDeleting ? "Deleting"
            : !mapping.Enabled ? (life is null ? "Disabled" : "Disabling")
            : life is { Ending.IsCancellationRequested: false, Status.IsReading: true } ? "Enabled"
            : "Enabling";
        return (state, life?.Status.LastProcessingResult ?? "No records processed");
    }

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await _look.Reader.ReadAsync(stoppingToken);
                foreach (var mapping in _store.All)
                {
                    await LookAfterAsync(mapping, stoppingToken);
                }
            }
        }
        finally
        {
            var lives = _lives.Values.ToList();
            foreach (var life in lives)
            {
                await life.Ending.CancelAsync();
                life.Aborting.CancelAfter(_dispatcher.DrainTimeout);
            }

            await Task.WhenAll(lives.Select(static life => life.Task!));
        }
    }

    private void Look() => _look.Writer.TryWrite(true);

    private async Task LookAfterAsync(EventSourceMapping mapping, CancellationToken stoppingToken)
    {
        var isWanted = mapping is { Enabled: true, IsDeleting: false };
        if (_lives.TryGetValue(mapping.Uuid, out var life))
        {
            if (!isWanted)
            {
                await life.Ending.CancelAsync(); // it looks again when it has ended
            }
        }
        else if (isWanted)
        {
            var begun = _lives[mapping.Uuid] = new MappingLife();
            begun.Task = Task.Run(() => LiveAsync(mapping, begun), CancellationToken.None);
        }
        else if (mapping.IsDeleting)
        {
            await _store.ChangeAsync(mapping.Uuid, static _ => null, stoppingToken);
        }
    }

    private async Task LiveAsync(EventSourceMapping mapping, MappingLife life)
    {
        while (!life.Ending.IsCancellationRequested)
        {
            MappingRun? run = null;
            try
            {
                run = Open(mapping, life.Status);
                Log.Started(_logger, mapping.Uuid, mapping.FunctionName, mapping.Topic, string.Join(',', mapping.BootstrapServers));
                await run.Ended.WaitAsync(life.Ending.Token);
            }
            catch (OperationCanceledException) when (life.Ending.IsCancellationRequested)
            {
                // Told to end.
            }
            catch (Exception e)
            {
                life.Status.Unreadable(e.Message);
                Log.Broke(_logger, mapping.Uuid, e);
            }

            if (run is not null)
            {
                await run.StopAsync(life.Aborting.Token);
            }

            await Task.WhenAny(Task.Delay(AfterFailure, _time, life.Ending.Token)); // none when told to end
        }

        Log.Stopped(_logger, mapping.Uuid);
        _lives.TryRemove(mapping.Uuid, out _);
        Look();
    }

    private MappingRun Open(EventSourceMapping mapping, MappingStatus status)
    {
        void Complain(string complaint)
        {
            status.Unreadable($"Connection error. Please check your event source connection configuration. {complaint}");
            Log.KafkaComplains(_logger, mapping.Uuid, complaint);
        }

        var clients = _clusters.ClientsOf(mapping, Complain);
        return new MappingRun(
            owner => new TopicReader(clients, mapping, owner, status, _time, _logger),
            (feed, commit) => new PartitionDelivery(
                () => _store.Find(mapping.Uuid) ?? mapping, feed, _invoker, _failures, commit, status, _options, _time, _metrics),
            _time);
    }
}
