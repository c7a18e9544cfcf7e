namespace Glue.Dispatcher.Admission;

/// <summary>May it run now; and if not, which limit says so.</summary>
internal enum AdmissionResult
{
    Admitted,

    /// <summary>What the account has not reserved is in use.</summary>
    AccountConcurrency,

    /// <summary>What is reserved for the function is in use.</summary>
    ReservedConcurrency,

    /// <summary>The function's concurrency may not rise faster.</summary>
    ScalingRate,
}
