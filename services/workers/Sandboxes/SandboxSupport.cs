namespace Glue.Workers.Sandboxes;

/// <summary>Whether a driver works on this machine, and how well; shown by <c>glue doctor</c>.</summary>
/// <param name="Driver"><c>process</c> or <c>microvm</c>.</param>
/// <param name="IsSupported">False: <paramref name="Findings"/> say what is missing.</param>
/// <param name="Findings">One per thing looked at.</param>
public sealed record SandboxSupport(string Driver, bool IsSupported, IReadOnlyList<SandboxFinding> Findings);

/// <param name="Name">What was looked at.</param>
/// <param name="IsGood">Whether it is as wished.</param>
/// <param name="Text">What was found; when not good, what follows from it and the way out.</param>
public sealed record SandboxFinding(string Name, bool IsGood, string Text);
