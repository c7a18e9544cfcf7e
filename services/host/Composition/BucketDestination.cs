using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Glue.Dispatcher.Destinations;
using Glue.Foundation.Signing;
using Glue.Host.Accounts;

namespace Glue.Host.Composition;

/// <summary>
/// Buckets as destinations, <c>arn:aws:s3:::BUCKET</c>: the record becomes an object, under AWS's key layout
/// <c>aws/lambda/async/FUNCTION/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-UUID</c> (Lambda Developer Guide, "Capturing records of Lambda asynchronous
/// invocations", read 2026-11). Written through the S3 API with the keys of the function's account, as the function itself would write.
/// </summary>
/// <param name="store">The S3 endpoint; known once it is bound.</param>
/// <param name="credentials">The storage gateway's keys.</param>
/// <param name="signer">Signs.</param>
internal sealed class BucketDestination(Func<Uri> store, InstallationCredentials credentials, SigV4Signer signer) : IRecordDestination, IDisposable
{
    private const string ArnPrefix = "arn:aws:s3:::";

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(30) };

    public bool Serves(string arn) => arn.StartsWith(ArnPrefix, StringComparison.Ordinal);

    public async Task<string?> RefusalAsync(string accountId, string arn, CancellationToken cancellationToken)
    {
        var bucket = arn[ArnPrefix.Length..];
        if (bucket.Length is < 3 or > 63 || bucket.Any(static c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('-' or '.')))
        {
            return "it does not name a bucket (arn:aws:s3:::BUCKET)";
        }

        try
        {
            using var response = await SendAsync(HttpMethod.Head, bucket, accountId, record: null, cancellationToken);
            return response.StatusCode switch
            {
                HttpStatusCode.OK => null,
                HttpStatusCode.NotFound => $"there is no bucket '{bucket}'",
                HttpStatusCode.Forbidden => $"bucket '{bucket}' belongs to another account",
                var status => $"the store answered {(int)status} when asked for bucket '{bucket}'",
            };
        }
        catch (Exception e) when (IsUnreachable(e, cancellationToken))
        {
            return $"the store could not be asked for bucket '{bucket}': {e.Message}";
        }
    }

    public async Task DeliverAsync(OutcomeRecord record, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await SendAsync(HttpMethod.Put, $"{record.Arn[ArnPrefix.Length..]}/{KeyOf(record)}", record.AccountId, record, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new DeliveryFailedException(
                    $"{record.Arn} did not take the record: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}");
            }
        }
        catch (Exception e) when (IsUnreachable(e, cancellationToken))
        {
            throw new DeliveryFailedException($"The object store could not be reached: {e.Message}", e);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>No connection, one that broke, or no answer in time; the caller has not left.</summary>
    private static bool IsUnreachable(Exception e, CancellationToken cancellationToken) =>
        e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    /// <summary>The same record has the same key: a repeat overwrites instead of adding.</summary>
    private static string KeyOf(OutcomeRecord record)
    {
        var id = new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(record.Id)).AsSpan(0, 16), bigEndian: true);
        return string.Create(
            CultureInfo.InvariantCulture, $"aws/lambda/async/{record.FunctionName}/{record.EndedAt:yyyy'/'MM'/'dd'/'yyyy-MM-dd'T'HH'.'mm'.'ss}-{id}");
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string accountId, OutcomeRecord? record, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(store(), path));
        var payloadHash = SigV4Signer.EmptyPayload;
        if (record is not null)
        {
            request.Content = new ReadOnlyMemoryContent(record.Json);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.TryAddWithoutValidation("x-glue-lineage", record.LineageDepth.ToString(CultureInfo.InvariantCulture));
            payloadHash = Convert.ToHexStringLower(SHA256.HashData(record.Json.Span));
        }

        signer.Sign(request, credentials.GatewayOf(accountId), "us-east-1", "s3", payloadHash);
        return await _http.SendAsync(request, cancellationToken);
    }
}
