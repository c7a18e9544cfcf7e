using Glue.Foundation.Signing;

namespace Glue.Dispatcher.Accounts;

/// <summary>A key pair of an account.</summary>
internal sealed record AccountKey(Credential Credential, DateTimeOffset CreatedAt);
