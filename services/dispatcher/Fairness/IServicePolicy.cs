namespace Glue.Dispatcher.Fairness;

/// <summary>What fair service must know of accounts and functions. Asked for every choice: lookups in memory, no waiting.</summary>
internal interface IServicePolicy
{
    /// <summary>The account's share beside the others'; above 0, 1 unless somebody set it.</summary>
    double Weight(string accountId);

    /// <summary>Memory of one sandbox of the function; of one that is gone, any number.</summary>
    int MemoryMiB(FunctionKey function);

    /// <summary>False: it was deleted, and what is remembered of it may be forgotten.</summary>
    bool IsDeployed(FunctionKey function);

    /// <summary>May one more of it run under the limits of its account and its own? Advice: what is then started asks again.</summary>
    bool HasRoom(FunctionKey function);

    /// <summary>Calls <paramref name="tell"/> whenever something that <see cref="HasRoom"/> refused may have room.</summary>
    void WhenRoomIsMade(Action tell);
}
