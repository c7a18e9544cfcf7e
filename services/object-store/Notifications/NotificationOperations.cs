using Glue.Contracts.Storage;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Notifications;

/// <summary>PutBucketNotificationConfiguration and GetBucketNotificationConfiguration.</summary>
internal sealed class NotificationOperations(IBucketNotifications notifications)
{
    public async Task PutAsync(S3Request request)
    {
        var document = await XmlBody.ReadAsync(request, "NotificationConfiguration", holdsKeys: true);
        var allowsRecursion = string.Equals(request.Header("x-glue-allow-recursion"), "true", StringComparison.OrdinalIgnoreCase);
        try
        {
            await notifications.PutAsync(
                request.Bucket.AccountId, request.Bucket.Name, NotificationXml.Read(document, allowsRecursion), request.Aborted);
        }
        catch (NotificationRefusedException e)
        {
            throw new S3Exception(S3Error.InvalidArgument, e.Message, e);
        }
    }

    public async Task GetAsync(S3Request request)
    {
        var configuration = await notifications.GetAsync(request.Bucket.AccountId, request.Bucket.Name, request.Aborted);
        await XmlAnswer.SendAsync(request, "NotificationConfiguration", xml => NotificationXml.Write(xml, configuration));
    }
}
