namespace Glue.ObjectStore.FunctionalTests;

/// <summary>Parts whose ETag is no MD5, for whom asks for it, and all others' as S3 makes them.</summary>
public sealed class PartETagTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    /// <summary><c>asking</c> is a client that sends the header with each part, <c>upload</c> uploads parts, numbered from 1; it gives the upload and the ETags.</summary>
    private const string Asking =
        """
        import base64, ctypes, hashlib
        asking = boto3.client('s3', endpoint_url=endpoint, config=Config(signature_version='s3v4'))
        asking.meta.events.register('before-sign.s3.UploadPart', lambda request, **_: request.headers.add_header('x-glue-part-etag', 'xxh128'))
        class Value(ctypes.Structure): _fields_ = [('low', ctypes.c_uint64), ('high', ctypes.c_uint64)]
        native = ctypes.CDLL('libxxhash.so.0').XXH3_128bits
        native.restype, native.argtypes = Value, [ctypes.c_char_p, ctypes.c_size_t]
        def xxh128(b): return '%016x%016x' % (native(b, len(b)).high, native(b, len(b)).low)
        def md5(b): return hashlib.md5(b).hexdigest()
        def whole(*digests): return '"%s-%d"' % (md5(b''.join(bytes.fromhex(d) for d in digests)), len(digests))
        def upload(key, *parts, by=asking, **more):
            up = s3.create_multipart_upload(Bucket=b, Key=key, **more)['UploadId']
            return up, [by[i].upload_part(Bucket=b, Key=key, UploadId=up, PartNumber=i + 1, Body=body)['ETag'].strip('"') for i, body in enumerate(parts)]
        def complete(key, up, etags):
            return s3.complete_multipart_upload(Bucket=b, Key=key, UploadId=up, MultipartUpload={'Parts': [{'PartNumber': i + 1, 'ETag': e} for i, e in enumerate(etags)]})['ETag']
        import os
        first, last = os.urandom(5 << 20), os.urandom(70000)

        """;

    [Fact]
    public Task Who_asks_gets_XXH128_as_a_parts_ETag_and_an_object_of_S3s_form_that_everything_else_works_with() => PythonAsync(
        """
        up, etags = upload('k', first, last, by=[asking, asking])
        assert etags == [xxh128(first), xxh128(last)], etags
        assert [p['ETag'] for p in s3.list_parts(Bucket=b, Key='k', UploadId=up)['Parts']] == ['"%s"' % e for e in etags]
        assert code(lambda: complete('k', up, [etags[0], md5(last)])) == 'InvalidPart'
        etag = complete('k', up, etags)
        assert etag == whole(*etags), etag
        assert s3.head_object(Bucket=b, Key='k')['ETag'] == etag
        assert s3.list_objects_v2(Bucket=b, Prefix='k')['Contents'][0]['ETag'] == etag
        attributes = s3.get_object_attributes(Bucket=b, Key='k', ObjectAttributes=['ETag', 'ObjectParts'])
        assert (attributes['ETag'], attributes['ObjectParts']['TotalPartsCount']) == (etag.strip('"'), 2), attributes
        assert s3.get_object(Bucket=b, Key='k', IfMatch=etag)['Body'].read() == first + last
        assert code(s3.get_object, Bucket=b, Key='k', IfNoneMatch=etag) == '304'
        assert code(s3.get_object, Bucket=b, Key='k', IfMatch='"%s-2"' % md5(first + last)) == 'PreconditionFailed'
        assert s3.get_object(Bucket=b, Key='k', PartNumber=2)['Body'].read() == last
        assert s3.copy_object(Bucket=b, Key='copy', CopySource={'Bucket': b, 'Key': 'k'}, CopySourceIfMatch=etag)['CopyObjectResult']['ETag'] == etag
        again, same = upload('again', first, last, by=[asking, asking])
        assert same == etags and complete('again', again, same) == etag
        """);

    [Fact]
    public Task Whoever_does_not_ask_gets_MD5_and_both_kinds_may_be_parts_of_one_object() => PythonAsync(
        """
        up, etags = upload('plain', first, last, by=[s3, s3])
        assert etags == [md5(first), md5(last)] and complete('plain', up, etags) == whole(*etags)
        up, etags = upload('mixed', first, last, by=[asking, s3])
        assert etags == [xxh128(first), md5(last)] and complete('mixed', up, etags) == whole(*etags)
        up, etags = upload('replaced', first, by=[s3])
        etags = [asking.upload_part(Bucket=b, Key='replaced', UploadId=up, PartNumber=1, Body=first)['ETag'].strip('"')]
        assert etags == [xxh128(first)] and complete('replaced', up, etags) == whole(*etags)
        up = s3.create_multipart_upload(Bucket=b, Key='copied')['UploadId']
        part = s3.upload_part_copy(Bucket=b, Key='copied', UploadId=up, PartNumber=1, CopySource={'Bucket': b, 'Key': 'mixed'}, CopySourceRange='bytes=1-%d' % len(first))
        assert part['CopyPartResult']['ETag'].strip('"') == md5(first[1:] + last[:1]), part
        asking.meta.events.register('before-sign.s3.PutObject', lambda request, **_: request.headers.add_header('x-glue-part-etag', 'xxh128'))
        assert asking.put_object(Bucket=b, Key='no part', Body=last)['ETag'].strip('"') == md5(last)
        """);

    [Fact]
    public Task What_a_request_claims_of_a_part_is_checked_all_the_same_and_an_unknown_digest_is_refused() => PythonAsync(
        """
        up = s3.create_multipart_upload(Bucket=b, Key='k', ChecksumAlgorithm='SHA256')['UploadId']
        def send(body, **more): return asking.upload_part(Bucket=b, Key='k', UploadId=up, PartNumber=1, Body=body, ChecksumAlgorithm='SHA256', **more)
        def content_md5(of): return base64.b64encode(hashlib.md5(of).digest()).decode()
        sent = send(last, ContentMD5=content_md5(last))
        assert sent['ETag'].strip('"') == xxh128(last)
        assert sent['ChecksumSHA256'] == base64.b64encode(hashlib.sha256(last).digest()).decode()
        assert code(send, body=last, ContentMD5=content_md5(first)) == 'BadDigest'
        assert code(send, body=last, ContentMD5='short') == 'InvalidDigest'
        assert [p['ETag'].strip('"') for p in s3.list_parts(Bucket=b, Key='k', UploadId=up)['Parts']] == [xxh128(last)]
        odd = boto3.client('s3', endpoint_url=endpoint, config=Config(signature_version='s3v4'))
        odd.meta.events.register('before-sign.s3.UploadPart', lambda request, **_: request.headers.add_header('x-glue-part-etag', 'sha1'))
        assert code(odd.upload_part, Bucket=b, Key='k', UploadId=up, PartNumber=2, Body=last) == 'InvalidArgument'
        """);

    private async Task PythonAsync(string script) => await store.PythonAsync($"b = '{await store.BucketAsync()}'\n{Asking}{script}");
}
