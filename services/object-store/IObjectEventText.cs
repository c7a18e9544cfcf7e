using Glue.Contracts.Storage;

namespace Glue.ObjectStore;

/// <summary>How changes are written for clients that listen: S3 event JSON, as the service writes it that owns that form.</summary>
public interface IObjectEventText
{
    /// <summary><c>{"Records":[one]}</c> in UTF-8, on one line, the event's name with <c>s3:</c> as MinIO writes it to listeners.</summary>
    byte[] Write(ObjectChange change);
}
