using System.Buffers;
using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>The zip of CreateFunction, UpdateFunctionCode and PublishLayerVersion, from the body or from the object store, checked.</summary>
internal sealed class CodeUpload(IPackageObjects objects)
{
    /// <exception cref="LambdaException">There is none, or it cannot be used.</exception>
    public async Task<CheckedZip> ReadAsync(ApiCall call, CodeFields code)
    {
        FunctionRules.Refuse(code.ImageUri is not null, "ImageUri", "upload a zip");
        FunctionRules.Refuse(code.SourceKMSKeyArn is not null, "SourceKMSKeyArn", "leave it out");
        var isObject = code.S3Bucket is not null || code.S3Key is not null || code.S3ObjectVersion is not null;
        var inline = code.ZipFile is { } text ? call.Decode(text) : default;
        var fetched = (!inline.IsEmpty, isObject) switch
        {
            (true, true) => throw LambdaException.InvalidParameter("Please do not provide other FunctionCode parameters when providing a ZipFile."),
            (true, false) => null,
            (false, true) => await ObjectAsync(call, code),
            _ => throw LambdaException.InvalidParameter("Please provide a source for function code."),
        };
        try
        {
            var zip = fetched?.Memory ?? CheckSize(inline);
            return new CheckedZip(zip, DeploymentZip.Check(zip), fetched);
        }
        catch (BadCodeException e)
        {
            fetched?.Dispose();
            throw LambdaException.InvalidParameter(e.Message);
        }
        catch
        {
            fetched?.Dispose(); // nobody else will: it is outside of the managed heap
            throw;
        }
    }

    private static ReadOnlyMemory<byte> CheckSize(ReadOnlyMemory<byte> zip) => zip.Length <= DeploymentZip.MaxZipBytes ? zip : throw LambdaException.TooLarge(
        $"The deployment package has {zip.Length} bytes; the limit of a direct upload is {DeploymentZip.MaxZipBytes}. Upload it to a bucket and name it with S3Bucket and S3Key.");

    private async Task<IMemoryOwner<byte>?> ObjectAsync(ApiCall call, CodeFields code)
    {
        new FieldCheck().Required("s3Bucket", code.S3Bucket).Length("s3Bucket", code.S3Bucket, 63).Required("s3Key", code.S3Key).Length("s3Key", code.S3Key, 1024)
            .Length("s3ObjectVersion", code.S3ObjectVersion, 1024).Throw();
        try
        {
            return await objects.ReadAsync(call.Caller, code.S3Bucket!, code.S3Key!, code.S3ObjectVersion, DeploymentZip.MaxUnpackedBytes, call.Aborted);
        }
        catch (PackageObjectException e)
        {
            throw LambdaException.InvalidParameter($"Error occurred while GetObject. S3 Error Code: {e.Code}. S3 Error Message: {e.Message}");
        }
    }
}
