using Glue.Dispatcher;
using Glue.Dispatcher.EventSources;
using Glue.FunctionLogs;
using Glue.Host.Data;
using Glue.Host.Settings;
using Glue.ObjectStore;
using Glue.StorageEvents;
using Glue.StorageEvents.EventLog;
using Glue.Workers;
using Glue.Workers.Drivers.MicroVm;

namespace Glue.Host.Composition;

/// <summary>Every service's options: its defaults, the folders of this stack, and what the user set.</summary>
internal sealed record ServiceOptions
{
    public required ObjectStoreOptions ObjectStore { get; init; }

    public required StorageEventsOptions StorageEvents { get; init; }

    /// <summary>Null: the embedded event log.</summary>
    public required KafkaEventLogOptions? Kafka { get; init; }

    /// <summary>The cluster, event log or not; without servers there is none.</summary>
    public required KafkaEventLogOptions KafkaCluster { get; init; }

    public required DispatcherOptions Dispatcher { get; init; }

    public required EventSourceOptions EventSources { get; init; }

    public required FunctionLogsOptions FunctionLogs { get; init; }

    public required WorkersOptions Workers { get; init; }

    public required MicroVmOptions MicroVm { get; init; }

    /// <exception cref="StartupException">Settings are unknown or out of range; lists all of them.</exception>
    public static ServiceOptions From(HostSettings settings, DataFolder data, string guestFolder)
    {
        var dispatcher = settings.Apply("Dispatcher", new DispatcherOptions { CodeFolder = data.Code, SecretKeyFile = data.SecretKey });
        var storageEvents = settings.Apply("StorageEvents", new StorageEventsOptions());
        var kafka = settings.Apply("StorageEvents:Kafka", new KafkaEventLogOptions());
        var options = new ServiceOptions
        {
            ObjectStore = settings.Apply("ObjectStore", new ObjectStoreOptions { DataFolder = data.Objects }),
            StorageEvents = storageEvents,
            Kafka = storageEvents.EventLog == EventLogKind.Kafka ? kafka : null,
            KafkaCluster = kafka,
            Dispatcher = dispatcher,
            EventSources = settings.Apply("Dispatcher:EventSources", new EventSourceOptions()),
            FunctionLogs = settings.Apply("FunctionLogs", new FunctionLogsOptions { Region = dispatcher.Region }),
            Workers = settings.Apply("Workers", new WorkersOptions { Folder = data.Worker, GuestFolder = guestFolder }),
            MicroVm = settings.Apply("Workers:MicroVm", new MicroVmOptions()),
        };
        settings.EnsureValid();
        if (options.Kafka is not null || kafka.BootstrapServers.Length > 0)
        {
            KafkaCheck.Ensure(kafka);
        }

        return options;
    }
}
