namespace Glue.AttachedStores.Stores;

/// <summary>The stores that are attached, as of now.</summary>
public interface IAttachedStores
{
    /// <summary>By name.</summary>
    IReadOnlyList<AttachedStore> All { get; }

    /// <returns>Null when there is none of that name.</returns>
    AttachedStore? Find(string name);

    /// <summary>Completes at the next change. Take it before looking, then nothing is missed in between.</summary>
    Task NextChange { get; }
}
