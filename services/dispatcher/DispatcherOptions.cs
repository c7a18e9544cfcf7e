using System.ComponentModel.DataAnnotations;
using Glue.Contracts.Functions;

namespace Glue.Dispatcher;

/// <summary>The dispatcher's settings. Checked by <see cref="DispatcherServices.AddDispatcher"/>, all faults at once.</summary>
public sealed record DispatcherOptions
{
    /// <summary>Folder of the deployment zips, made when missing.</summary>
    [Required]
    public required string CodeFolder { get; init; }

    /// <summary>The file with the key that the secrets in state.db are sealed under, made (mode 0600) when missing.</summary>
    [Required]
    public required string SecretKeyFile { get; init; }

    /// <summary>The region in ARNs. Requests signed for any region are accepted.</summary>
    [Required]
    public string Region { get; init; } = "us-east-1";

    /// <summary>Values of <c>Runtime</c> that functions may name, as far as the workers have them. Default: all that Glue knows.</summary>
    public IReadOnlyList<string> Runtimes { get; init; } = RuntimeNames.All;

    /// <summary>Invocations of one account that run at once, synchronous and asynchronous together. Default 1000, as Lambda's.</summary>
    [Range(1, 1_000_000)]
    public int AccountConcurrency { get; init; } = 1000;

    /// <summary>Queued invocations that run at once, of all accounts. 1 to 4096; default four per processor, at least 8.</summary>
    [Range(1, 4096)]
    public int MaxAsyncInvocations { get; init; } = Math.Max(8, 4 * Environment.ProcessorCount);

    /// <summary>Waiting times before the retries of a failed asynchronous invocation; as many retries as entries. Default 1 min, 2 min, as Lambda's.</summary>
    public IReadOnlyList<TimeSpan> RetryDelays { get; init; } = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2)];

    /// <summary>First waiting time after a throttle or system error; doubles each time. Default 1 s, as Lambda's.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest waiting time after a throttle or system error. Default 5 min, as Lambda's.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "06:00:00")]
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long an event may wait, retries included, before dead-letter. Default 6 h.</summary>
    /// <remarks>Follows MaximumEventAgeInSeconds (Lambda API Reference, FunctionEventInvokeConfig, read 2026-11).</remarks>
    [Range(typeof(TimeSpan), "00:00:01", "06:00:00")]
    public TimeSpan MaxEventAge { get; init; } = TimeSpan.FromHours(6);

    /// <summary>A chain of causes this long is stopped. Default 16, as Lambda's recursive loop detection.</summary>
    [Range(1, 1000)]
    public int MaxLineageDepth { get; init; } = 16;

    /// <summary>How long a lease lasts unless renewed (at every third of it). Default 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:15:00")]
    public TimeSpan LeaseTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>At shutdown: how long running invocations may take to finish before they are given back. Default 20 s; the host's own limit must exceed it.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:15:00")]
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long the ledger remembers a settled invocation, and with it recognises its repeats. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan LedgerRetention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How often what waits in the queue is counted for <c>/metrics</c>, by account. 10 ms to 1 h; default 5 s, and less often where counting takes long.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan QueueDepthInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a webhook may take to answer. 1 s to 1 min; default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan WebhookTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>May webhooks of all accounts go to private, loopback and link-local addresses? Those of the installation's own account always may. Default no.</summary>
    public bool AllowPrivateWebhooks { get; init; }

    /// <summary>
    /// Where users reach function URLs, such as <c>https://functions.example.com</c>: they are then <c>https://ID.functions.example.com/</c>. Needs a
    /// wildcard DNS record, and for https a proxy that keeps the Host header. Default none: <c>http://ID.lambda-url.REGION.localhost:PORT/</c>.
    /// </summary>
    public string? FunctionUrlBase { get; init; }

    /// <exception cref="ValidationException">One or more values are out of range; the message names each.</exception>
    internal void Validate()
    {
        var faults = new List<ValidationResult>();
        Validator.TryValidateObject(this, new ValidationContext(this), faults, validateAllProperties: true);
        if (RetryDelays.Count > 2 || RetryDelays.Any(delay => delay < TimeSpan.Zero || delay > TimeSpan.FromHours(6)))
        {
            faults.Add(new ValidationResult("RetryDelays: at most 2 entries (Lambda's MaximumRetryAttempts), each 0 to 6 h."));
        }

        if (MaxBackoff < FirstBackoff)
        {
            faults.Add(new ValidationResult($"MaxBackoff ({MaxBackoff}) must not be shorter than FirstBackoff ({FirstBackoff})."));
        }

        if (FunctionUrlBase is not null
            && !(Uri.TryCreate(FunctionUrlBase, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.PathAndQuery == "/"))
        {
            faults.Add(new ValidationResult($"FunctionUrlBase: '{FunctionUrlBase}' must be http:// or https:// and a host, perhaps with a port, and no path."));
        }

        if (Runtimes.Count == 0)
        {
            faults.Add(new ValidationResult("Runtimes: name at least one."));
        }

        if (faults.Count > 0)
        {
            throw new ValidationException("The dispatcher's options are wrong: " + string.Join(" ", faults.Select(fault => fault.ErrorMessage)));
        }
    }
}
