namespace Glue.Functions.Objects;

/// <summary>The function's environment variables are wrong: it cannot start before they are corrected.</summary>
public sealed class SettingsException(string message) : Exception(message);
