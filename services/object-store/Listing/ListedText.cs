using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Listing;

/// <summary>Writes keys as the client asked for them: as they are, or percent-encoded (<c>encoding-type=url</c>).</summary>
internal sealed class ListedText
{
    private readonly bool _encodes;

    /// <exception cref="S3Exception">InvalidArgument: an encoding S3 does not know.</exception>
    public ListedText(S3Request request) => _encodes = request.Ask("encoding-type") switch
    {
        null or "" => false,
        "url" => true,
        _ => throw new S3Exception(S3Error.InvalidArgument, "Invalid Encoding Method specified in Request"),
    };

    /// <summary>For the element EncodingType; null when there is none.</summary>
    public string? EncodingType => _encodes ? "url" : null;

    /// <summary>Slashes stay, as S3 leaves them. A blank is %20, which both ways of decoding understand; S3's + only one.</summary>
    public string? Of(string? text) =>
        text is null || !_encodes ? text : Uri.EscapeDataString(text).Replace("%2F", "/", StringComparison.Ordinal);
}
