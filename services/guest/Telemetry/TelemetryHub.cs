using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Glue.Guest.Native;

namespace Glue.Guest.Telemetry;

/// <summary>
/// What extensions hear of their sandbox (Lambda's Telemetry API and the older Logs API): made here, where it happens, buffered for each subscriber,
/// and sent to it on the loopback. Off, and free, in sandboxes without extensions.
/// </summary>
internal sealed class TelemetryHub(Poll poll)
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private readonly List<Subscription> _subscriptions = [];
    private readonly Dictionary<int, LineCutter> _cutters = [];

    // Of what was said before somebody subscribed.
    private const int MaxEarly = 1 << 20;

    /// <summary>What was said since init began: those who subscribe hear of it. Null once init is over.</summary>
    private List<(TelemetryTypes Type, string Name, byte[] Record)>? _early = [];
    private int _earlyBytes;
    private string _sandbox = "{}";
    private long _begunMs;

    /// <summary>Somebody may still subscribe, or has.</summary>
    public bool IsOn { get; private set; }

    /// <summary>The record of <c>platform.initStart</c>, which tells what runs here.</summary>
    public string Sandbox => _sandbox;

    public bool HasSubscribers => _subscriptions.Count > 0;

    /// <summary>When something is due; monotonic nanoseconds, 0 when nothing is.</summary>
    public long Due => _subscriptions.Count == 0 || _subscriptions.Min(static each => each.Due) is var due && due == long.MaxValue ? 0 : Math.Max(1, due);

    public bool IsDone => _subscriptions.TrueForAll(static each => each.IsDone);

    public bool IsOpen => _early is not null;

    /// <summary>Init is over: nobody subscribes any more, and if nobody has, nothing is said.</summary>
    public void Close()
    {
        _early = null;
        IsOn = HasSubscribers;
    }

    /// <summary>Init begins.</summary>
    /// <param name="sandbox">See <see cref="Sandbox"/>.</param>
    /// <param name="hasExtensions">False: nothing is kept until one inside the runtime subscribes.</param>
    public void Begin(string sandbox, bool hasExtensions)
    {
        (_sandbox, _begunMs) = (sandbox, Clock.UnixMs);
        if (hasExtensions)
        {
            TurnOn();
        }
    }

    /// <summary>Of an extension; takes the place of its former one.</summary>
    public void Subscribe(string extension, SubscriptionTerms terms)
    {
        TurnOn();
        var index = _subscriptions.FindIndex(each => each.Extension == extension);
        index = index < 0 ? _subscriptions.Count : index;
        var subscription = new Subscription(extension, terms, terms.Path is null ? new TcpCourier(poll, index, terms.Port) : new HttpCourier(poll, index, terms));
        if (index < _subscriptions.Count)
        {
            _subscriptions[index].Close();
            _subscriptions[index] = subscription;
        }
        else
        {
            _subscriptions.Add(subscription);
        }

        foreach (var (type, name, record) in _early!)
        {
            if (terms.Wants(type, name))
            {
                subscription.Add(record);
            }
        }

        Platform(terms.IsOfLogsApi ? "platform.logsSubscription" : "platform.telemetrySubscription", json =>
        {
            json.WriteString("name", extension);
            json.WriteString("state", "Subscribed");
            json.WriteStartArray("types");
            foreach (var type in (TelemetryTypes[])[TelemetryTypes.Platform, TelemetryTypes.Function, TelemetryTypes.Extension])
            {
                if (terms.Types.HasFlag(type))
                {
                    json.WriteStringValue(type.ToString().ToLowerInvariant());
                }
            }

            json.WriteEndArray();
        });
    }

    /// <summary>The API an extension has subscribed by; null: by none.</summary>
    public SubscriptionTerms? TermsOf(string extension) => _subscriptions.Find(each => each.Extension == extension)?.Terms;

    /// <summary>Something happened.</summary>
    /// <param name="name"><c>platform.…</c>.</param>
    /// <param name="members">Of its record.</param>
    public void Platform(string name, Action<Utf8JsonWriter> members)
    {
        if (!IsOn)
        {
            return;
        }

        var record = Record(name, json =>
        {
            json.WriteStartObject("record");
            members(json);
            json.WriteEndObject();
        });
        Add(TelemetryTypes.Platform, name, record);
    }

    /// <summary>A process wrote.</summary>
    /// <param name="stream">1 and 2 are the runtime's, the others extensions'.</param>
    /// <param name="bytes">Not yet lines.</param>
    public void Wrote(int stream, ReadOnlySpan<byte> bytes)
    {
        if (!IsOn)
        {
            return;
        }

        if (!_cutters.TryGetValue(stream, out var cutter))
        {
            _cutters[stream] = cutter = new LineCutter();
        }

        cutter.Cut(bytes, stream <= 2 ? FunctionLine : ExtensionLine);
    }

    /// <summary>Sends what is due.</summary>
    public void Send(long now)
    {
        foreach (var each in _subscriptions)
        {
            each.Send(now, Dropped);
        }
    }

    /// <summary>The end is near: nothing waits for more.</summary>
    public void Hurry() => _subscriptions.ForEach(static each => each.Hurry());

    public void Serve(int index, long now) => _subscriptions[index].Serve(now);

    private void TurnOn()
    {
        if (!IsOn)
        {
            IsOn = true;
            Add(TelemetryTypes.Platform, "platform.initStart", Record("platform.initStart", json =>
            {
                json.WritePropertyName("record");
                json.WriteRawValue(_sandbox);
            }, _begunMs));
        }
    }

    private static byte[] Dropped(int records, long bytes) => Record("platform.logsDropped", json =>
    {
        json.WriteStartObject("record");
        json.WriteString("reason", "The extension did not take them in time");
        json.WriteNumber("droppedRecords", records);
        json.WriteNumber("droppedBytes", bytes);
        json.WriteEndObject();
    });

    private static byte[] Record(string type, Action<Utf8JsonWriter> record, long? unixMs = null)
    {
        using var stream = new MemoryStream(256);
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("time", DateTimeOffset.FromUnixTimeMilliseconds(unixMs ?? Clock.UnixMs).UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
            json.WriteString("type", type);
            record(json);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private void FunctionLine(ReadOnlySpan<byte> line) => Line(TelemetryTypes.Function, "function", line);

    private void ExtensionLine(ReadOnlySpan<byte> line) => Line(TelemetryTypes.Extension, "extension", line);

    private void Line(TelemetryTypes type, string name, ReadOnlySpan<byte> line)
    {
        if (_early is not null || _subscriptions.Exists(each => each.Terms.Types.HasFlag(type)))
        {
            var text = Encoding.UTF8.GetString(line); // what is not UTF-8 is replaced: JSON has nothing else
            Add(type, name, Record(name, json => json.WriteString("record", text)));
        }
    }

    private void Add(TelemetryTypes type, string name, byte[] record)
    {
        if (_early is not null && _earlyBytes + record.Length <= MaxEarly)
        {
            _early.Add((type, name, record));
            _earlyBytes += record.Length;
        }

        foreach (var each in CollectionsMarshal.AsSpan(_subscriptions))
        {
            if (each.Terms.Wants(type, name))
            {
                each.Add(record);
            }
        }
    }
}
