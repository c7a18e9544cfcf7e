namespace Glue.Guest.Extensions;

/// <summary>Why an extension ends the sandbox.</summary>
/// <param name="Type">Lambda's: <c>Extension.Crash</c>, <c>Extension.InitError</c>, <c>Extension.ExitError</c>, <c>Extension.LaunchError</c>.</param>
/// <param name="Text">Its name, and what it said.</param>
/// <param name="Status">Of wait(2); 0 where it did not end.</param>
internal sealed record ExtensionFailure(string Type, string Text, int Status);
