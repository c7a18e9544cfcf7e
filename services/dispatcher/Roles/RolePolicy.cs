using Glue.Foundation.Policies;

namespace Glue.Dispatcher.Roles;

/// <summary>The policy of a role of an account.</summary>
/// <param name="Name">As IAM has it: 1 to 64 of <c>A-Za-z0-9_+=,.@-</c>.</param>
/// <param name="Document">As it was put.</param>
/// <param name="Policy">The document, read.</param>
/// <param name="ChangedAt">When it was put.</param>
internal sealed record RolePolicy(string Name, string Document, AccessPolicy Policy, DateTimeOffset ChangedAt);
