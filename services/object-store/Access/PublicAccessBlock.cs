using System.Xml.Linq;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Access;

/// <summary>S3's PublicAccessBlock. There are no ACLs here, so the two settings about them hold by themselves.</summary>
/// <param name="BlockPublicPolicy">A policy that allows something to everybody is refused.</param>
/// <param name="RestrictPublicBuckets">Of such a policy, only what its own account may anyway counts.</param>
internal sealed record PublicAccessBlock(bool BlockPublicPolicy, bool RestrictPublicBuckets)
{
    public const string Name = "publicAccessBlock";

    /// <param name="document">Null: none was put.</param>
    public static PublicAccessBlock Parse(string? document)
    {
        var xml = document is null ? null : XmlBody.Kept(document);
        return new PublicAccessBlock(Is(xml, "BlockPublicPolicy"), Is(xml, "RestrictPublicBuckets"));
    }

    private static bool Is(XElement? xml, string name) => string.Equals(xml?.Text(name), "true", StringComparison.OrdinalIgnoreCase);
}
