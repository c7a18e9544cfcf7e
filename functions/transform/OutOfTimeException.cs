using Glue.Functions.Objects;

namespace Glue.Functions.Transform;

/// <summary>The function's time is nearly over.</summary>
internal sealed class OutOfTimeException(string when) : ObjectException(
    $"the function's time ran out {when}. Nothing was kept; give the function a longer timeout or more memory, which brings more CPU");
