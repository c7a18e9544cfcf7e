namespace Glue.StorageEvents.S3Events;

/// <summary>Which attached store sent a message. What the message says of stores, accounts and chains of Glue's own is then not believed.</summary>
/// <param name="Store">Its name.</param>
/// <param name="Account">The account it is attached for.</param>
internal sealed record EventOrigin(string Store, string Account);
