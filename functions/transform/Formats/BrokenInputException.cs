using Glue.Functions.Objects;

namespace Glue.Functions.Transform.Formats;

/// <summary>The object as a whole cannot be read as what it is said to be.</summary>
internal sealed class BrokenInputException(string reason, Exception? inner = null) : ObjectException($"{reason}. Nothing of it was kept", inner);
