namespace Glue.Contracts.Functions;

/// <summary>A version of which sandboxes are to be kept initialised (Lambda's provisioned concurrency).</summary>
/// <param name="Version">A published one.</param>
/// <param name="Sandboxes">How many on this worker, from 1.</param>
public sealed record ProvisionedVersion(FunctionVersion Version, int Sandboxes);
