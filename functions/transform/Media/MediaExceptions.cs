using Glue.Functions.Objects;

namespace Glue.Functions.Transform.Media;

/// <summary>Not audio or video, or not what a profile needs.</summary>
internal sealed class NotMediaException(string reason) : ObjectException($"{reason}. Nothing was kept");

/// <summary>Larger or longer than allowed.</summary>
internal sealed class MediaLimitException(string reason) : ObjectException($"{reason}. Nothing was kept");
