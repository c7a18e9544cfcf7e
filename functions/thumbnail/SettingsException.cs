namespace Glue.Functions.Thumbnail;

/// <summary>The function's environment variables are wrong: it cannot start before they are corrected.</summary>
internal sealed class SettingsException(string message) : Exception(message);
