using System.Xml.Linq;
using Glue.ObjectStore.Access;
using Glue.ObjectStore.Cors;
using Glue.ObjectStore.Http;
using Glue.ObjectStore.Lifecycle;
using Glue.ObjectStore.Objects;

namespace Glue.ObjectStore.Buckets;

/// <summary>A kind of configuration that a bucket keeps as the XML it was put as.</summary>
/// <param name="Name">Of the subresource.</param>
/// <param name="Root">The document's root element.</param>
/// <param name="NotFound">S3's answer where none was put.</param>
/// <param name="Check">Throws what S3 answers to a wrong one; may complete it (ids).</param>
internal sealed record BucketDocument(string Name, string Root, S3Error NotFound, Action<XElement> Check)
{
    private static readonly BucketDocument[] All =
    [
        new(CorsConfiguration.Name, "CORSConfiguration", new("NoSuchCORSConfiguration", 404, "The CORS configuration does not exist"), CorsConfiguration.Check),
        new("tagging", "Tagging", new("NoSuchTagSet", 404, "The TagSet does not exist"), static document => TagSet.FromXml(document, TagSet.MaxOfBucket)),
        new(LifecycleConfiguration.Name, "LifecycleConfiguration", new("NoSuchLifecycleConfiguration", 404, "The lifecycle configuration does not exist"), static document => LifecycleConfiguration.Complete(document)),
        new(PublicAccessBlock.Name, "PublicAccessBlockConfiguration",
            new("NoSuchPublicAccessBlockConfiguration", 404, "The public access block configuration was not found"), static _ => { }),
    ];

    public static BucketDocument? Find(string? subresource) => Array.Find(All, document => document.Name == subresource);
}
