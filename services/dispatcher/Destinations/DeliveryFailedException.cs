namespace Glue.Dispatcher.Destinations;

/// <summary>A destination did not take a record. The message says why, for the ledger.</summary>
public sealed class DeliveryFailedException(string message, Exception? cause = null) : Exception(message, cause);
