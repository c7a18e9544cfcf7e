namespace Glue.Dispatcher.Functions;

/// <summary>Sandboxes of a version that are to be kept initialised (Lambda API Reference, PutProvisionedConcurrencyConfig, read 2026-11).</summary>
/// <param name="Requested">How many, from 1.</param>
/// <param name="LastModified">When it was asked for.</param>
internal sealed record ProvisionedConcurrency(int Requested, DateTimeOffset LastModified);
