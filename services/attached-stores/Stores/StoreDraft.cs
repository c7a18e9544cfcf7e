using Glue.Foundation.Signing;

namespace Glue.AttachedStores.Stores;

/// <summary>A store as somebody wants it attached: checked, without what Glue adds.</summary>
internal sealed record StoreDraft(
    string Name, string AccountId, Uri Endpoint, string Region, bool IsPathStyle, string AccessKey, string SecretKey, StoreNotify Notify, StoreSettings Settings)
{
    public AttachedStore ToStore(string token, DateTimeOffset createdAt) => new()
    {
        Name = Name, AccountId = AccountId, Endpoint = Endpoint, Region = Region, IsPathStyle = IsPathStyle,
        Credential = new Credential(AccessKey, SecretKey, AccountId, AccountId), Notify = Notify, Token = token, Settings = Settings, CreatedAt = createdAt,
    };
}
