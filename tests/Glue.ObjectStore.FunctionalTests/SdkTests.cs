using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;

namespace Glue.ObjectStore.FunctionalTests;

/// <summary>AWSSDK.S3, which sends signed chunks with trailing checksums unless told otherwise.</summary>
public sealed class SdkTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    public static TheoryData<string> Algorithms => new("CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256");

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task A_signed_chunked_upload_with_a_trailing_checksum_is_verified_and_kept(string algorithm)
    {
        var bucket = await store.BucketAsync();
        using var sdk = store.Sdk();
        var body = RandomNumberGenerator.GetBytes(300_000);
        if (algorithm is "CRC32C" or "CRC64NVME")
        {
            // The SDK computes these only with its native extension; it sends a value it is given.
            var crc = algorithm == "CRC32C" ? Reference.Crc(32, 0x82F63B78, body) : Reference.Crc(64, 0x9A6C9329AC4BC9B5, body);
            var given = new PutObjectRequest { BucketName = bucket, Key = "k", InputStream = new MemoryStream(body) };
            _ = algorithm == "CRC32C" ? given.ChecksumCRC32C = crc : given.ChecksumCRC64NVME = crc;
            await sdk.PutObjectAsync(given);
        }
        else
        {
            await sdk.PutObjectAsync(new() { BucketName = bucket, Key = "k", InputStream = new MemoryStream(body), ChecksumAlgorithm = new ChecksumAlgorithm(algorithm) });
        }

        using var got = await sdk.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = "k", ChecksumMode = ChecksumMode.ENABLED });
        var content = new MemoryStream();
        await got.ResponseStream.CopyToAsync(content);

        Assert.Equal(body, content.ToArray());
        Assert.Equal("", got.Headers.ContentEncoding ?? "");
        Assert.NotNull(algorithm switch
        {
            "CRC32" => got.ChecksumCRC32,
            "CRC32C" => got.ChecksumCRC32C,
            "CRC64NVME" => got.ChecksumCRC64NVME,
            "SHA1" => got.ChecksumSHA1,
            _ => got.ChecksumSHA256,
        });
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Bodies_signed_whole_or_not_at_all_are_taken_too(bool chunked, bool unsignedPayload)
    {
        var bucket = await store.BucketAsync();
        using var sdk = store.Sdk(configure: config =>
        {
            config.RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED;
            if (unsignedPayload)
            {
                config.ServiceURL = store.Server.SecureEndpoint;
                config.HttpClientFactory = new TrustingFactory();
            }
        });

        await sdk.PutObjectAsync(new()
        {
            BucketName = bucket,
            Key = "k",
            ContentBody = "content",
            UseChunkEncoding = chunked,
            DisablePayloadSigning = unsignedPayload,
        });
        using var got = await sdk.GetObjectAsync(bucket, "k");

        Assert.Equal("content", await new StreamReader(got.ResponseStream).ReadToEndAsync());
    }

    [Fact]
    public async Task The_transfer_utility_uploads_in_parts_and_downloads_them()
    {
        using var folder = new TempFolder();
        var body = RandomNumberGenerator.GetBytes((11 << 20) + 7);
        await File.WriteAllBytesAsync(folder["up"], body);
        var bucket = await store.BucketAsync();
        using var sdk = store.Sdk();
        using var transfer = new TransferUtility(sdk, new TransferUtilityConfig { MinSizeBeforePartUpload = 5 << 20 });

        await transfer.UploadAsync(new TransferUtilityUploadRequest { BucketName = bucket, Key = "parts", FilePath = folder["up"], PartSize = 5 << 20 });
        await transfer.DownloadAsync(folder["down"], bucket, "parts");

        Assert.Equal(body, await File.ReadAllBytesAsync(folder["down"]));
    }

    [Fact]
    public async Task A_full_object_checksum_of_parts_is_the_checksum_of_the_bytes()
    {
        var bucket = await store.BucketAsync();
        using var sdk = store.Sdk();
        var parts = new[] { RandomNumberGenerator.GetBytes(5 << 20), RandomNumberGenerator.GetBytes(1234) };
        var upload = (await sdk.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest
        {
            BucketName = bucket,
            Key = "k",
            ChecksumAlgorithm = ChecksumAlgorithm.CRC32,
            ChecksumType = ChecksumType.FULL_OBJECT,
        })).UploadId;
        var etags = new List<PartETag>();
        for (var i = 0; i < parts.Length; i++)
        {
            etags.Add(new PartETag(await sdk.UploadPartAsync(new()
            {
                BucketName = bucket,
                Key = "k",
                UploadId = upload,
                PartNumber = i + 1,
                InputStream = new MemoryStream(parts[i]),
            })));
        }

        var done = await sdk.CompleteMultipartUploadAsync(new() { BucketName = bucket, Key = "k", UploadId = upload, PartETags = etags, ChecksumType = ChecksumType.FULL_OBJECT });

        Assert.Equal(Reference.Crc(32, 0xEDB88320, [.. parts[0], .. parts[1]]), done.ChecksumCRC32);
    }

    [Fact]
    public async Task A_presigned_put_takes_an_object_and_the_signed_headers_must_come_with_it()
    {
        var bucket = await store.BucketAsync();
        using var sdk = store.Sdk();
        var signed = new GetPreSignedUrlRequest
        {
            BucketName = bucket,
            Key = "dir/a b",
            Verb = HttpVerb.PUT,
            Protocol = Protocol.HTTP,
            ContentType = "text/x",
            Expires = DateTime.UtcNow.AddMinutes(5),
        };
        var url = new Uri(await sdk.GetPreSignedURLAsync(signed));
        using var http = new HttpClient();
        using var right = new StringContent("up", new System.Net.Http.Headers.MediaTypeHeaderValue("text/x"));
        using var wrong = new StringContent("up", new System.Net.Http.Headers.MediaTypeHeaderValue("text/other"));

        Assert.Equal(403, (int)(await http.PutAsync(url, wrong)).StatusCode);
        Assert.Equal(200, (int)(await http.PutAsync(url, right)).StatusCode);

        using var got = await sdk.GetObjectAsync(bucket, "dir/a b");
        Assert.Equal(("up", "text/x"), (await new StreamReader(got.ResponseStream).ReadToEndAsync(), got.Headers.ContentType));
    }

    [Fact]
    public async Task Readers_of_an_object_being_replaced_see_one_content_or_the_other()
    {
        var bucket = await store.BucketAsync();
        using var sdk = store.Sdk();
        Task PutAsync(byte value) =>
            sdk.PutObjectAsync(new() { BucketName = bucket, Key = "k", InputStream = new MemoryStream(Enumerable.Repeat(value, 200_000).ToArray()) });
        await PutAsync(0);
        var writing = Task.Run(async () =>
        {
            for (byte value = 1; value <= 40; value++)
            {
                await PutAsync(value);
            }
        });
        while (!writing.IsCompleted)
        {
            using var got = await sdk.GetObjectAsync(bucket, "k");
            var content = new MemoryStream();
            await got.ResponseStream.CopyToAsync(content);
            Assert.Single(content.ToArray().Distinct());
            Assert.Equal(200_000, content.Length);
        }

        await writing;
    }

    private sealed class TrustingFactory : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new HttpClientHandler
        {
#pragma warning disable MA0039 // the certificate is self-signed, made by this test's own server
            ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
#pragma warning restore MA0039
        });
    }
}
