namespace Glue.Dispatcher.Admission;

/// <summary>Whose concurrency a run counts for.</summary>
internal enum PlaceKind
{
    /// <summary>What the account has neither reserved nor provisioned.</summary>
    Account,

    /// <summary>What is reserved for the function, without what of it is provisioned.</summary>
    Reserved,

    /// <summary>What is provisioned for the qualifier.</summary>
    Provisioned,
}
