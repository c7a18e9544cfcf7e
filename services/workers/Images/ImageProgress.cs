namespace Glue.Workers.Images;

/// <summary>Where a build is, for a progress display.</summary>
/// <param name="Step">What is being done, in words.</param>
/// <param name="Done">Estimated part done, 0 to 1.</param>
public readonly record struct ImageProgress(string Step, double Done);
