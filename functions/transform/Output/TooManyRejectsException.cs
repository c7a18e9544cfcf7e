using Glue.Functions.Objects;

namespace Glue.Functions.Transform.Output;

/// <summary>The input is not what the pipeline was made for.</summary>
internal sealed class TooManyRejectsException(string reason) : ObjectException($"{reason}. Nothing was kept; rejects.limit of the pipeline says how many may be");
