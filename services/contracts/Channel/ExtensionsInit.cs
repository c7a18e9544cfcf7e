namespace Glue.Contracts.Channel;

/// <summary>What an agent must know to serve Lambda's Extensions API.</summary>
/// <param name="Registration">The JSON object that answers a registration, without the account.</param>
/// <param name="AccountId">For extensions that ask for it.</param>
/// <param name="Sandbox">The JSON record of <c>platform.initStart</c>.</param>
/// <param name="Names">File names below <c>/opt/extensions</c> to start, in their order.</param>
public sealed record ExtensionsInit(string Registration, string AccountId, string Sandbox, IReadOnlyList<string> Names);
