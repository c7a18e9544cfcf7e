using Glue.Functions.Objects;

namespace Glue.Functions.Transform;

/// <summary>The function's time is nearly over.</summary>
internal sealed class OutOfTimeException(long records) : ObjectException(
    $"the function's time ran out after {records} records. Nothing was kept; give the function a longer timeout or more memory, which brings more CPU");
