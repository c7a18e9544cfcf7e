using Glue.Dispatcher.Admission;

namespace Glue.Dispatcher.Fairness;

/// <summary>What fair service must know of accounts and functions. Asked for every choice: lookups in memory, no waiting.</summary>
internal interface IServicePolicy
{
    /// <summary>The account's share beside the others'; above 0, 1 unless somebody set it.</summary>
    double Weight(string accountId);

    /// <summary>Memory of one sandbox of it; of one that is gone, any number.</summary>
    int MemoryMiB(FunctionKey function);

    /// <summary>False: it was deleted, and what is remembered of it may be forgotten.</summary>
    bool IsDeployed(FunctionKey function);

    /// <summary>May one more of it run under the limits of its account, its function and its qualifier? Advice: others may take the room meanwhile.</summary>
    bool HasRoom(FunctionKey function);

    /// <summary>Takes that room for what is started, until it is given back by <see cref="Leave"/>.</summary>
    /// <param name="function">The logical queue.</param>
    /// <param name="place">Null: it needs none, because nothing of it will run.</param>
    /// <returns>False: somebody else took the last one.</returns>
    bool TryEnter(FunctionKey function, out AdmittedPlace? place);

    /// <summary>Not under a lock of whom <see cref="WhenRoomIsMade"/> tells.</summary>
    void Leave(in AdmittedPlace place);

    /// <summary>Calls <paramref name="tell"/> whenever something that <see cref="HasRoom"/> refused may have room.</summary>
    void WhenRoomIsMade(Action tell);
}
