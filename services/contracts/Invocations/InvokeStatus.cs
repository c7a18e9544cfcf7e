namespace Glue.Contracts.Invocations;

/// <summary>How an attempt ended.</summary>
public enum InvokeStatus
{
    /// <summary>The function answered.</summary>
    Succeeded,

    /// <summary>The function failed: raised, exited, ran out of time or memory, could not be initialised. Lambda's <c>X-Amz-Function-Error: Unhandled</c>.</summary>
    FunctionError,

    /// <summary>Nothing of the function ran, by our fault or for want of room; safe to try again.</summary>
    NotRun,
}
