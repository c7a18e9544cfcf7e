namespace Glue.ObjectStore.FunctionalTests;

/// <summary>The API as Python's boto3 sees it. Each script asserts on its own; a failed assertion fails the test with its traceback.</summary>
public sealed class BotoTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    [Fact]
    public Task Buckets_are_created_found_listed_and_deleted() => store.PythonAsync(
        """
        s3.create_bucket(Bucket='boto-buckets')
        assert code(s3.create_bucket, Bucket='boto-buckets') == 'BucketAlreadyOwnedByYou'
        for bad in ('UPPER', 'ab', '-start', '192.168.5.4', 'under_score', 'two..dots'):
            s3.meta.events.unregister('before-parameter-build.s3', botocore.handlers.validate_bucket_name)
            assert code(s3.create_bucket, Bucket=bad) == 'InvalidBucketName', bad
        assert 'boto-buckets' in [b['Name'] for b in s3.list_buckets()['Buckets']]
        assert s3.get_bucket_location(Bucket='boto-buckets')['LocationConstraint'] is None
        assert s3.head_bucket(Bucket='boto-buckets')['ResponseMetadata']['HTTPHeaders']['x-amz-bucket-region'] == 'us-east-1'
        s3.put_object(Bucket='boto-buckets', Key='a', Body=b'x')
        assert code(s3.delete_bucket, Bucket='boto-buckets') == 'BucketNotEmpty'
        s3.delete_object(Bucket='boto-buckets', Key='a')
        s3.delete_bucket(Bucket='boto-buckets')
        assert code(s3.head_bucket, Bucket='boto-buckets') == '404'
        assert code(s3.list_objects_v2, Bucket='boto-buckets') == 'NoSuchBucket'
        regional = boto3.client('s3', endpoint_url=endpoint, region_name='eu-west-1')
        regional.create_bucket(Bucket='boto-regional', CreateBucketConfiguration={'LocationConstraint': 'eu-west-1'})
        """);

    [Fact]
    public Task Metadata_and_content_headers_come_back_as_they_were_put() => store.PythonAsync(
        """
        s3.create_bucket(Bucket='boto-metadata')
        s3.put_object(Bucket='boto-metadata', Key='k', Body=b'body', Metadata={'one': '1', 'Two-Words': 'a  b'}, ContentType='text/x-glue',
            CacheControl='no-cache', ContentDisposition='attachment', ContentEncoding='gzip', ContentLanguage='de')
        for got in (s3.get_object(Bucket='boto-metadata', Key='k'), s3.head_object(Bucket='boto-metadata', Key='k')):
            assert got['Metadata'] == {'one': '1', 'two-words': 'a  b'}, got['Metadata']
            assert (got['ContentType'], got['CacheControl'], got['ContentDisposition'], got['ContentEncoding'], got['ContentLanguage']) == \
                ('text/x-glue', 'no-cache', 'attachment', 'gzip', 'de')
            assert got['ContentLength'] == 4 and got['AcceptRanges'] == 'bytes'
            assert got['ETag'] == '"841a2d689ad86bd1611447453c22c6fc"'
        overridden = s3.get_object(Bucket='boto-metadata', Key='k', ResponseContentType='a/b', ResponseCacheControl='x', ResponseContentDisposition='y')
        assert (overridden['ContentType'], overridden['CacheControl'], overridden['ContentDisposition']) == ('a/b', 'x', 'y')
        s3.put_object(Bucket='boto-metadata', Key='plain', Body=b'')
        assert s3.get_object(Bucket='boto-metadata', Key='plain')['ContentType'] == 'binary/octet-stream'
        assert code(s3.put_object, Bucket='boto-metadata', Key='k', Metadata={'big': 'x' * 2048}) == 'MetadataTooLarge'
        assert code(s3.put_object, Bucket='boto-metadata', Key='k', ServerSideEncryption='AES256') == 'NotImplemented'
        assert code(s3.put_object, Bucket='boto-metadata', Key='k', ACL='public-read') == 'AccessControlListNotSupported'
        """);

    [Fact]
    public Task Ranges_are_served_as_http_has_them() => store.PythonAsync(
        """
        s3.create_bucket(Bucket='boto-ranges')
        s3.put_object(Bucket='boto-ranges', Key='k', Body=b'0123456789')
        def get(r):
            got = s3.get_object(Bucket='boto-ranges', Key='k', Range=r)
            return got['ResponseMetadata']['HTTPStatusCode'], got.get('ContentRange'), got['Body'].read()
        assert get('bytes=2-4') == (206, 'bytes 2-4/10', b'234')
        assert get('bytes=7-') == (206, 'bytes 7-9/10', b'789')
        assert get('bytes=-3') == (206, 'bytes 7-9/10', b'789')
        assert get('bytes=-30') == (206, 'bytes 0-9/10', b'0123456789')
        assert get('bytes=5-500') == (206, 'bytes 5-9/10', b'56789')
        assert get('bytes=4-2') == (200, None, b'0123456789')
        assert get('bytes=0-1,3-4') == (200, None, b'0123456789')
        assert get('lines=1-2') == (200, None, b'0123456789')
        assert code(s3.get_object, Bucket='boto-ranges', Key='k', Range='bytes=10-') == 'InvalidRange'
        assert code(s3.get_object, Bucket='boto-ranges', Key='k', Range='bytes=-0') == 'InvalidRange'
        assert s3.head_object(Bucket='boto-ranges', Key='k', Range='bytes=2-4')['ContentLength'] == 3
        """);

    /// <summary>botocore expects 100-continue for each; with MinIO the second put of each pair hangs for a minute (botocore issue 3755).</summary>
    [Fact]
    public Task A_put_after_an_empty_one_or_a_refused_one_on_the_same_connection_is_answered_at_once() => store.PythonAsync(
        """
        from botocore.config import Config
        once = boto3.client('s3', endpoint_url=endpoint, region_name='us-east-1', config=Config(retries={'total_max_attempts': 1}, read_timeout=30, max_pool_connections=1))
        once.create_bucket(Bucket='boto-expect')
        for body in (b'1', b'22'):
            once.put_object(Bucket='boto-expect', Key='empty', Body=b'')
            once.put_object(Bucket='boto-expect', Key='k', Body=body)
            assert once.get_object(Bucket='boto-expect', Key='k')['Body'].read() == body
            assert code(once.put_object, Bucket='boto-none', Key='k', Body=b'x') == 'NoSuchBucket'
            once.put_object(Bucket='boto-expect', Key='k', Body=body + body)
            assert once.get_object(Bucket='boto-expect', Key='k')['Body'].read() == body + body
        """);

    [Fact]
    public Task Conditions_on_reads_and_writes_hold() => store.PythonAsync(
        """
        import datetime
        b = 'boto-conditions'
        s3.create_bucket(Bucket=b)
        etag = s3.put_object(Bucket=b, Key='k', Body=b'1')['ETag']
        modified = s3.head_object(Bucket=b, Key='k')['LastModified']
        before, after = modified - datetime.timedelta(hours=1), modified + datetime.timedelta(hours=1)
        assert s3.get_object(Bucket=b, Key='k', IfMatch=etag)['Body'].read() == b'1'
        assert code(s3.get_object, Bucket=b, Key='k', IfMatch='"other"') == 'PreconditionFailed'
        assert code(s3.get_object, Bucket=b, Key='k', IfNoneMatch=etag) == '304'
        assert s3.get_object(Bucket=b, Key='k', IfNoneMatch='"other"')['Body'].read() == b'1'
        assert code(s3.get_object, Bucket=b, Key='k', IfModifiedSince=modified) == '304'
        assert s3.get_object(Bucket=b, Key='k', IfModifiedSince=before)['Body'].read() == b'1'
        assert code(s3.head_object, Bucket=b, Key='k', IfUnmodifiedSince=before) == '412'
        assert s3.get_object(Bucket=b, Key='k', IfUnmodifiedSince=modified)['Body'].read() == b'1'
        assert s3.get_object(Bucket=b, Key='k', IfMatch=etag, IfUnmodifiedSince=before)['Body'].read() == b'1'
        assert code(s3.get_object, Bucket=b, Key='k', IfNoneMatch=etag, IfModifiedSince=before) == '304'
        def put(key, **headers):
            def add(request, **_):
                for name, value in headers.items():
                    request.headers[name.replace('_', '-')] = value
            client = boto3.client('s3', endpoint_url=endpoint)
            client.meta.events.register('before-sign.s3.PutObject', add)
            return code(client.put_object, Bucket=b, Key=key, Body=b'2')
        assert put('k', If_None_Match='*') == 'PreconditionFailed'
        assert put('new', If_None_Match='*') == 'no error'
        assert put('k', If_Match='"other"') == 'PreconditionFailed'
        assert put('absent', If_Match=etag) == 'NoSuchKey'
        assert s3.get_object(Bucket=b, Key='k')['Body'].read() == b'1'
        assert put('k', If_Match=etag) == 'no error'
        assert s3.get_object(Bucket=b, Key='k')['Body'].read() == b'2'
        assert code(s3.copy_object, Bucket=b, Key='c', CopySource=b + '/k', CopySourceIfMatch=etag) == 'PreconditionFailed'
        assert code(s3.copy_object, Bucket=b, Key='c', CopySource=b + '/k', CopySourceIfNoneMatch='*') == 'PreconditionFailed'
        assert code(s3.copy_object, Bucket=b, Key='c', CopySource=b + '/k', CopySourceIfUnmodifiedSince=before) == 'PreconditionFailed'
        assert code(s3.copy_object, Bucket=b, Key='c', CopySource=b + '/k', CopySourceIfModifiedSince=before) == 'no error'
        """);

    [Fact]
    public Task A_copy_takes_or_replaces_the_metadata_and_outlives_its_source() => store.PythonAsync(
        """
        b = 'boto-copies'
        s3.create_bucket(Bucket=b)
        s3.put_object(Bucket=b, Key='from here+ü', Body=b'content', Metadata={'a': '1'}, ContentType='text/plain')
        s3.copy_object(Bucket=b, Key='kept', CopySource={'Bucket': b, 'Key': 'from here+ü'})
        s3.copy_object(Bucket=b, Key='replaced', CopySource={'Bucket': b, 'Key': 'from here+ü'}, MetadataDirective='REPLACE', Metadata={'b': '2'})
        assert code(s3.copy_object, Bucket=b, Key='kept', CopySource=b + '/kept') == 'InvalidRequest'
        s3.copy_object(Bucket=b, Key='kept', CopySource=b + '/kept', MetadataDirective='REPLACE', Metadata={'c': '3'}, ContentType='x/y')
        s3.delete_object(Bucket=b, Key='from here+ü')
        kept, replaced = s3.get_object(Bucket=b, Key='kept'), s3.get_object(Bucket=b, Key='replaced')
        assert (kept['Body'].read(), kept['Metadata'], kept['ContentType']) == (b'content', {'c': '3'}, 'x/y')
        assert (replaced['Body'].read(), replaced['Metadata'], replaced['ContentType']) == (b'content', {'b': '2'}, 'binary/octet-stream')
        assert code(s3.copy_object, Bucket=b, Key='x', CopySource=b + '/absent') == 'NoSuchKey'
        assert code(s3.copy_object, Bucket=b, Key='x', CopySource='no-such-bucket/absent') == 'NoSuchBucket'
        """);

    [Fact]
    public Task Keys_are_any_text_and_never_a_path() => store.PythonAsync(
        """
        b = 'boto-keys'
        s3.create_bucket(Bucket=b)
        keys = ['a b', 'a+b', 'a%20b', 'a%2Bb', 'ü/ä', '日本語', 'x/../y', '../../etc/passwd', './z', '/leading', 'trailing/', 'a//b', 'q?x=1&y', '#f',
                'tab\there', 'new\nline', "quote'\"<&>", '*', '~-_.!()', ';:@=$,', '\x01\x7f', '\U0001F600', 'k' * 1024, 'ü' * 512, 'con', 'a\\b']
        for i, key in enumerate(keys):
            s3.put_object(Bucket=b, Key=key, Body=str(i).encode(), Metadata={'n': str(i)})
        for i, key in enumerate(keys):
            got = s3.get_object(Bucket=b, Key=key)
            assert (got['Body'].read(), got['Metadata']['n']) == (str(i).encode(), str(i)), key
        listed = [o['Key'] for o in s3.list_objects_v2(Bucket=b)['Contents']]
        assert listed == sorted(keys, key=lambda k: k.encode()), listed
        url = s3.generate_presigned_url('get_object', Params={'Bucket': b, 'Key': "quote'\"<&>"})
        import urllib.request
        assert urllib.request.urlopen(url).read() == str(keys.index("quote'\"<&>")).encode()
        assert code(s3.put_object, Bucket=b, Key='k' * 1025, Body=b'') == 'KeyTooLongError'
        assert code(s3.put_object, Bucket=b, Key='ü' * 513, Body=b'') == 'KeyTooLongError'
        s3.delete_object(Bucket=b, Key=keys.pop(keys.index('\x01\x7f')))  # botocore writes it raw, which is no XML
        result = s3.delete_objects(Bucket=b, Delete={'Objects': [{'Key': k} for k in keys + ['never there']]})
        assert sorted(d['Key'] for d in result['Deleted']) == sorted(keys + ['never there'])
        assert s3.list_objects_v2(Bucket=b)['KeyCount'] == 0
        """);

    [Fact]
    public Task Listings_page_through_keys_and_common_prefixes() => store.PythonAsync(
        """
        b = 'boto-listing'
        s3.create_bucket(Bucket=b)
        keys = ['a', 'dir/1', 'dir/2', 'dir/sub/3', 'dir-x', 'e e/1', 'z']
        for key in keys:
            s3.put_object(Bucket=b, Key=key, Body=b'12')
        def pages(operation, **arguments):
            found = []
            for page in s3.get_paginator(operation).paginate(Bucket=b, PaginationConfig={'PageSize': 2}, **arguments):
                assert len(page.get('Contents', [])) + len(page.get('CommonPrefixes', [])) <= 2
                found += [o['Key'] for o in page.get('Contents', [])] + [p['Prefix'] for p in page.get('CommonPrefixes', [])]
            return sorted(found)
        for operation in ('list_objects', 'list_objects_v2'):
            assert pages(operation) == sorted(keys)
            assert pages(operation, Delimiter='/') == sorted(['a', 'dir/', 'dir-x', 'e e/', 'z'])
            assert pages(operation, Delimiter='/', Prefix='dir/') == ['dir/1', 'dir/2', 'dir/sub/']
            assert pages(operation, Prefix='dir') == ['dir-x', 'dir/1', 'dir/2', 'dir/sub/3']
            assert pages(operation, Prefix='nothing') == []
        assert [o['Key'] for o in s3.list_objects_v2(Bucket=b, StartAfter='dir/2')['Contents']] == ['dir/sub/3', 'e e/1', 'z']
        first = s3.list_objects_v2(Bucket=b, MaxKeys=1, FetchOwner=True)
        assert first['Contents'][0]['Owner']['ID'] == '000000000000' and first['Contents'][0]['Size'] == 2 and first['IsTruncated']
        assert s3.list_objects_v2(Bucket=b, MaxKeys=0)['KeyCount'] == 0
        assert code(s3.list_objects_v2, Bucket=b, ContinuationToken='nonsense!') == 'InvalidArgument'
        assert [v['Key'] for v in s3.list_object_versions(Bucket=b)['Versions']] == sorted(keys)
        """);

    [Fact]
    public Task A_multipart_upload_is_assembled_listed_and_aborted() => store.PythonAsync(
        """
        import hashlib
        b, five = 'boto-multipart', 5 << 20
        s3.create_bucket(Bucket=b)
        up = s3.create_multipart_upload(Bucket=b, Key='big file', Metadata={'m': '1'}, ContentType='x/y')['UploadId']
        bodies = {1: b'a' * five, 3: b'b' * five, 7: b'end'}
        etags = {n: s3.upload_part(Bucket=b, Key='big file', UploadId=up, PartNumber=n, Body=body)['ETag'] for n, body in bodies.items()}
        s3.upload_part(Bucket=b, Key='big file', UploadId=up, PartNumber=9, Body=b'not used')
        etags[7] = s3.upload_part(Bucket=b, Key='big file', UploadId=up, PartNumber=7, Body=b'END')['ETag']
        bodies[7] = b'END'
        parts = s3.list_parts(Bucket=b, Key='big file', UploadId=up, MaxParts=2)
        assert [p['PartNumber'] for p in parts['Parts']] == [1, 3] and parts['IsTruncated'] and parts['NextPartNumberMarker'] == 3
        assert [u['Key'] for u in s3.list_multipart_uploads(Bucket=b)['Uploads']] == ['big file']
        assert code(s3.head_object, Bucket=b, Key='big file') == '404'
        done = lambda numbers, **kw: dict(Bucket=b, Key='big file', UploadId=up, MultipartUpload={'Parts': [{'PartNumber': n, 'ETag': kw.get('etag', etags.get(n))} for n in numbers]})
        assert code(s3.complete_multipart_upload, **done([3, 1])) == 'InvalidPartOrder'
        assert code(s3.complete_multipart_upload, **done([1, 2], etag=etags[1])) == 'InvalidPart'
        assert code(s3.complete_multipart_upload, **done([1, 3], etag='"beef"')) == 'InvalidPart'
        assert code(s3.complete_multipart_upload, **done([])) in ('MalformedXML', 'InvalidRequest')
        result = s3.complete_multipart_upload(**done([1, 3, 7]))
        md5s = b''.join(hashlib.md5(bodies[n]).digest() for n in (1, 3, 7))
        assert result['ETag'] == '"%s-3"' % hashlib.md5(md5s).hexdigest()
        got = s3.get_object(Bucket=b, Key='big file')
        assert got['Body'].read() == b''.join(bodies.values()) and got['Metadata'] == {'m': '1'} and got['ContentType'] == 'x/y'
        across = s3.get_object(Bucket=b, Key='big file', Range='bytes=%d-%d' % (five - 2, 2 * five + 1))['Body'].read()
        assert across == b'aa' + b'b' * five + b'EN'
        second = s3.get_object(Bucket=b, Key='big file', PartNumber=2)
        assert second['Body'].read() == bodies[3] and second['PartsCount'] == 3
        assert code(s3.complete_multipart_upload, **done([1])) == 'NoSuchUpload'
        small = s3.create_multipart_upload(Bucket=b, Key='small')['UploadId']
        small_etags = [s3.upload_part(Bucket=b, Key='small', UploadId=small, PartNumber=n, Body=b'tiny')['ETag'] for n in (1, 2)]
        assert code(s3.complete_multipart_upload, Bucket=b, Key='small', UploadId=small,
            MultipartUpload={'Parts': [{'PartNumber': n + 1, 'ETag': e} for n, e in enumerate(small_etags)]}) == 'EntityTooSmall'
        copied = s3.create_multipart_upload(Bucket=b, Key='copied')['UploadId']
        one = s3.upload_part_copy(Bucket=b, Key='copied', UploadId=copied, PartNumber=1, CopySource={'Bucket': b, 'Key': 'big file'}, CopySourceRange='bytes=%d-%d' % (1, five + 4))
        two = s3.upload_part_copy(Bucket=b, Key='copied', UploadId=copied, PartNumber=2, CopySource={'Bucket': b, 'Key': 'big file'}, CopySourceRange='bytes=%d-%d' % (2 * five, 2 * five + 2))
        s3.complete_multipart_upload(Bucket=b, Key='copied', UploadId=copied, MultipartUpload={'Parts': [
            {'PartNumber': 1, 'ETag': one['CopyPartResult']['ETag']}, {'PartNumber': 2, 'ETag': two['CopyPartResult']['ETag']}]})
        assert s3.get_object(Bucket=b, Key='copied')['Body'].read() == b'a' * (five - 1) + b'b' * 5 + b'END'
        s3.abort_multipart_upload(Bucket=b, Key='small', UploadId=small)
        assert code(s3.abort_multipart_upload, Bucket=b, Key='small', UploadId=small) == 'NoSuchUpload'
        assert code(s3.upload_part, Bucket=b, Key='small', UploadId=small, PartNumber=1, Body=b'') == 'NoSuchUpload'
        assert code(s3.upload_part, Bucket=b, Key='small', UploadId=small, PartNumber=10001, Body=b'') == 'InvalidArgument'
        assert 'Uploads' not in s3.list_multipart_uploads(Bucket=b)
        """);

    [Fact]
    public Task Checksums_are_verified_kept_and_shown() => store.PythonAsync(
        """
        import base64, hashlib, zlib
        b = 'boto-checksums'
        s3.create_bucket(Bucket=b)
        crc = base64.b64encode(zlib.crc32(b'body').to_bytes(4, 'big')).decode()
        assert s3.put_object(Bucket=b, Key='k', Body=b'body', ChecksumAlgorithm='CRC32')['ChecksumCRC32'] == crc
        assert s3.head_object(Bucket=b, Key='k', ChecksumMode='ENABLED')['ChecksumCRC32'] == crc
        assert s3.get_object(Bucket=b, Key='k', ChecksumMode='ENABLED')['Body'].read() == b'body'
        assert code(s3.put_object, Bucket=b, Key='bad', Body=b'body', ChecksumCRC32='AAAAAA==') == 'BadDigest'
        assert code(s3.put_object, Bucket=b, Key='bad', Body=b'body', ChecksumSHA256='AAAA') == 'InvalidRequest'
        assert code(s3.put_object, Bucket=b, Key='bad', Body=b'body', ContentMD5=base64.b64encode(hashlib.md5(b'other').digest()).decode()) == 'BadDigest'
        assert code(s3.put_object, Bucket=b, Key='bad', Body=b'body', ContentMD5='nonsense') == 'InvalidDigest'
        assert code(s3.head_object, Bucket=b, Key='bad') == '404'
        # Over TLS botocore sends aws-chunked bodies with an unsigned trailer.
        tls = boto3.client('s3', endpoint_url=secure, verify=False)
        for algorithm in ('CRC32', 'SHA1', 'SHA256'):
            tls.put_object(Bucket=b, Key='trailer', Body=b'b' * 70000, ChecksumAlgorithm=algorithm)
            got = tls.get_object(Bucket=b, Key='trailer', ChecksumMode='ENABLED')
            assert got['Body'].read() == b'b' * 70000 and 'Checksum' + algorithm in got and 'ContentEncoding' not in got, got
        up = s3.create_multipart_upload(Bucket=b, Key='m', ChecksumAlgorithm='SHA256')['UploadId']
        part = tls.upload_part(Bucket=b, Key='m', UploadId=up, PartNumber=1, Body=b'x', ChecksumAlgorithm='SHA256')
        done = s3.complete_multipart_upload(Bucket=b, Key='m', UploadId=up, MultipartUpload={'Parts': [
            {'PartNumber': 1, 'ETag': part['ETag'], 'ChecksumSHA256': part['ChecksumSHA256']}]})
        assert done['ChecksumSHA256'] == base64.b64encode(hashlib.sha256(hashlib.sha256(b'x').digest()).digest()).decode() + '-1', done
        """);

    [Fact]
    public Task Features_a_bucket_has_not_are_answered_as_s3_answers_for_a_bucket_without_them() => store.PythonAsync(
        """
        b = 'boto-probes'
        s3.create_bucket(Bucket=b)
        s3.put_object(Bucket=b, Key='k', Body=b'')
        assert s3.get_bucket_acl(Bucket=b)['Grants'][0]['Permission'] == 'FULL_CONTROL'
        assert s3.get_object_acl(Bucket=b, Key='k')['Owner']['ID'] == '000000000000'
        assert 'Status' not in s3.get_bucket_versioning(Bucket=b)
        assert s3.get_object_tagging(Bucket=b, Key='k')['TagSet'] == []
        assert 'LoggingEnabled' not in s3.get_bucket_logging(Bucket=b)
        assert s3.get_bucket_request_payment(Bucket=b)['Payer'] == 'BucketOwner'
        assert s3.get_bucket_ownership_controls(Bucket=b)['OwnershipControls']['Rules'][0]['ObjectOwnership'] == 'BucketOwnerEnforced'
        for call, expected in ((s3.get_bucket_policy, 'NoSuchBucketPolicy'), (s3.get_bucket_tagging, 'NoSuchTagSet'), (s3.get_bucket_cors, 'NoSuchCORSConfiguration'),
                (s3.get_bucket_lifecycle_configuration, 'NoSuchLifecycleConfiguration'), (s3.get_bucket_website, 'NoSuchWebsiteConfiguration'),
                (s3.get_bucket_replication, 'ReplicationConfigurationNotFoundError'), (s3.get_object_lock_configuration, 'ObjectLockConfigurationNotFoundError'),
                (s3.get_bucket_encryption, 'ServerSideEncryptionConfigurationNotFoundError'), (s3.get_public_access_block, 'NoSuchPublicAccessBlockConfiguration')):
            assert code(call, Bucket=b) == expected, expected
        assert 'InventoryConfigurationList' not in s3.list_bucket_inventory_configurations(Bucket=b)
        assert 'MetricsConfigurationList' not in s3.list_bucket_metrics_configurations(Bucket=b)
        assert code(s3.get_object, Bucket=b, Key='k', VersionId='other') == 'InvalidArgument'
        assert code(s3.get_object, Bucket=b, Key='k', VersionId='0000000000000001') == 'NoSuchVersion'
        for call, arguments in ((s3.put_bucket_website, {'WebsiteConfiguration': {'IndexDocument': {'Suffix': 'i'}}}), (s3.put_bucket_logging, {'BucketLoggingStatus': {}}),
                (s3.put_bucket_encryption, {'ServerSideEncryptionConfiguration': {'Rules': [{'ApplyServerSideEncryptionByDefault': {'SSEAlgorithm': 'AES256'}}]}}),
                (s3.put_object_lock_configuration, {'ObjectLockConfiguration': {'ObjectLockEnabled': 'Enabled'}})):
            assert code(call, Bucket=b, **arguments) == 'NotImplemented', call
        s3.put_bucket_request_payment(Bucket=b, RequestPaymentConfiguration={'Payer': 'BucketOwner'})
        assert code(s3.put_bucket_request_payment, Bucket=b, RequestPaymentConfiguration={'Payer': 'Requester'}) == 'NotImplemented'
        s3.put_bucket_ownership_controls(Bucket=b, OwnershipControls={'Rules': [{'ObjectOwnership': 'BucketOwnerEnforced'}]})
        assert code(s3.put_bucket_ownership_controls, Bucket=b, OwnershipControls={'Rules': [{'ObjectOwnership': 'ObjectWriter'}]}) == 'NotImplemented'
        s3.put_bucket_acl(Bucket=b, ACL='private')
        assert code(s3.put_bucket_acl, Bucket=b, ACL='public-read') == 'AccessControlListNotSupported'
        assert code(s3.put_object_acl, Bucket=b, Key='k', GrantRead='uri=everybody') == 'AccessControlListNotSupported'
        own = s3.get_bucket_acl(Bucket=b)
        s3.put_bucket_acl(Bucket=b, AccessControlPolicy={'Owner': own['Owner'], 'Grants': own['Grants']})
        assert s3.get_object(Bucket=b, Key='k', VersionId='null')['ContentLength'] == 0
        """);

    [Fact]
    public Task A_bucket_in_the_host_name_is_the_same_bucket() => store.PythonAsync(
        """
        import socket
        resolve = socket.getaddrinfo
        socket.getaddrinfo = lambda host, *rest, **kw: resolve('127.0.0.1' if str(host).endswith('localhost') else host, *rest, **kw)
        b = 'boto-virtual.host'
        s3.create_bucket(Bucket=b)
        port = endpoint.rsplit(':', 1)[1]
        for domain in ('localhost', 's3.localhost'):
            virtual = boto3.client('s3', endpoint_url='http://%s:%s' % (domain, port), config=Config(s3={'addressing_style': 'virtual'}))
            hosts = []
            virtual.meta.events.register('before-send.s3', lambda request, **_: hosts.append(request.url))
            virtual.put_object(Bucket=b, Key='a b/ü+.txt', Body=domain.encode())
            assert virtual.get_object(Bucket=b, Key='a b/ü+.txt')['Body'].read() == domain.encode()
            assert virtual.list_objects_v2(Bucket=b)['KeyCount'] == 1
            assert hosts[0].startswith('http://%s.%s:' % (b, domain)), hosts
            assert b in [x['Name'] for x in virtual.list_buckets()['Buckets']]
        """);

    [Fact]
    public Task Presigned_urls_of_both_signature_versions_work_until_they_expire() => store.PythonAsync(
        """
        import urllib.request, urllib.error
        b = 'boto-presigned'
        s3.create_bucket(Bucket=b)
        def fetch(url, method='GET', data=None, headers={}):
            try:
                with urllib.request.urlopen(urllib.request.Request(url, data=data, method=method, headers=headers)) as answer:
                    return answer.status, answer.read(), answer.headers
            except urllib.error.HTTPError as e:
                return e.code, e.read(), e.headers
        four = s3
        two = boto3.client('s3', endpoint_url=endpoint)  # boto3's default for us-east-1
        assert 'X-Amz-Signature' in four.generate_presigned_url('list_objects_v2', Params={'Bucket': b})
        assert 'AWSAccessKeyId' in two.generate_presigned_url('list_objects_v2', Params={'Bucket': b})
        for client in (two, four):
            put = client.generate_presigned_url('put_object', Params={'Bucket': b, 'Key': 'ü b+c', 'ContentType': 'text/x', 'Metadata': {'m': '1'}})
            status, body, _ = fetch(put, 'PUT', b'content', {'Content-Type': 'text/x', 'x-amz-meta-m': '1'} if client is four else {'Content-Type': 'text/x'})
            assert status == 200, body
            get = client.generate_presigned_url('get_object', Params={'Bucket': b, 'Key': 'ü b+c', 'ResponseContentType': 'a/b'})
            status, body, headers = fetch(get)
            assert (status, body, headers['Content-Type']) == (200, b'content', 'a/b'), (status, body)
            assert fetch(get.replace('%20b', '%20x'))[0] == 403
            assert fetch(get, 'DELETE')[0] == 403
            assert fetch(client.generate_presigned_url('head_bucket', Params={'Bucket': b}), 'HEAD')[0] == 200
            assert fetch(client.generate_presigned_url('head_object', Params={'Bucket': b, 'Key': 'ü b+c'}), 'HEAD')[0] == 200
        assert b'KeyCount' in fetch(four.generate_presigned_url('list_objects_v2', Params={'Bucket': b}))[1]
        for call, more in (('get_object_tagging', {'Key': 'ü b+c'}), ('get_object_acl', {'Key': 'ü b+c'}), ('list_multipart_uploads', {}), ('list_object_versions', {}),
                ('get_bucket_replication', {}), ('get_bucket_accelerate_configuration', {}), ('get_object_lock_configuration', {}),
                ('list_bucket_metrics_configurations', {}), ('get_bucket_tagging', {}), ('get_bucket_versioning', {})):
            status, body, _ = fetch(two.generate_presigned_url(call, Params={'Bucket': b, **more}))
            assert status in (200, 404), (call, status, body)
        upload = s3.create_multipart_upload(Bucket=b, Key='parts')['UploadId']
        assert fetch(two.generate_presigned_url('upload_part', Params={'Bucket': b, 'Key': 'parts', 'UploadId': upload, 'PartNumber': 1}), 'PUT', b'x', {'Content-Type': ''})[0] == 200
        # What Version 2 does not sign, whoever holds the URL could add.
        own = two.generate_presigned_url('head_bucket', Params={'Bucket': b}, HttpMethod='GET')
        assert fetch(own)[0] == 200, fetch(own)
        for added in ('encryption', 'publicAccessBlock', 'policyStatus'):
            status, body, _ = fetch(own + '&' + added)
            assert status == 403 and b'<Code>AccessDenied</Code>' in body and added.encode() in body, (status, body)
        expired = two.generate_presigned_url('get_object', Params={'Bucket': b, 'Key': 'k'}, ExpiresIn=-5)
        status, body, _ = fetch(expired)
        assert status == 403 and b'Request has expired' in body, body
        """);
}
