using System.Buffers.Text;
using System.Text;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Listing;

/// <summary>ListObjectsV2's opaque token: a position, as base64url of <c>k</c> or <c>p</c> and the item.</summary>
internal static class ContinuationToken
{
    public static string From(ListPosition position) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes((position.SkipsAllUnder ? "p" : "k") + position.Item));

    /// <exception cref="S3Exception">InvalidArgument: not one of ours.</exception>
    public static ListPosition Parse(string token)
    {
        try
        {
            var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token));
            if (text is ['k' or 'p', _, ..])
            {
                return new ListPosition(text[1..], text[0] == 'p');
            }
        }
        catch (FormatException)
        {
            // Answered below, like any other token that is not one of ours.
        }

        throw new S3Exception(S3Error.InvalidArgument, "The continuation token provided is incorrect");
    }
}
