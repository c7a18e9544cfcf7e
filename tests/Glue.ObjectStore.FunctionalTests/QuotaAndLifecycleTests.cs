namespace Glue.ObjectStore.FunctionalTests;

public sealed class QuotaAndLifecycleTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    [Fact]
    public Task A_quota_counts_versions_copies_and_parts_and_refuses_what_does_not_fit() => store.PythonAsync(
        """
        import re, urllib.request
        from botocore.auth import S3SigV4Auth
        from botocore.awsrequest import AWSRequest
        def quota(method, body=b''):
            request = AWSRequest(method=method, url=endpoint + '/quota-bucket?glue-quota', data=body)
            S3SigV4Auth(boto3.Session().get_credentials(), 's3', 'us-east-1').add_auth(request)
            prepared = request.prepare()
            with urllib.request.urlopen(urllib.request.Request(prepared.url, data=body or None, method=method, headers=dict(prepared.headers))) as answer:
                text = answer.read().decode()
                return [int(found.group(1)) if (found := re.search('<%s>(.*?)</' % name, text)) else None for name in ('MaxBytes', 'UsedBytes')]
        b = 'quota-bucket'
        s3.create_bucket(Bucket=b)
        s3.put_object(Bucket=b, Key='a', Body=b'x' * 1000)
        assert quota('GET') == [None, 1000]
        quota('PUT', b'<BucketQuota><MaxBytes>2500</MaxBytes></BucketQuota>')
        s3.put_object(Bucket=b, Key='a', Body=b'x' * 900)
        s3.copy_object(Bucket=b, Key='copy', CopySource=b + '/a')
        assert quota('GET') == [2500, 1800]
        assert code(s3.put_object, Bucket=b, Key='b', Body=b'x' * 701) == 'QuotaExceeded'
        assert code(s3.put_object, Bucket=b, Key='b', Body=b'x' * 3000) == 'QuotaExceeded'
        s3.put_object(Bucket=b, Key='b', Body=b'x' * 700)
        assert code(s3.copy_object, Bucket=b, Key='c', CopySource=b + '/b') == 'QuotaExceeded'
        s3.delete_object(Bucket=b, Key='copy')
        up = s3.create_multipart_upload(Bucket=b, Key='m')['UploadId']
        part = s3.upload_part(Bucket=b, Key='m', UploadId=up, PartNumber=1, Body=b'x' * 500)
        s3.upload_part(Bucket=b, Key='m', UploadId=up, PartNumber=2, Body=b'x' * 100)
        part = s3.upload_part(Bucket=b, Key='m', UploadId=up, PartNumber=1, Body=b'x' * 600)
        assert quota('GET') == [2500, 2300]
        assert code(s3.upload_part, Bucket=b, Key='m', UploadId=up, PartNumber=3, Body=b'x' * 300) == 'QuotaExceeded'
        s3.complete_multipart_upload(Bucket=b, Key='m', UploadId=up, MultipartUpload={'Parts': [{'PartNumber': 1, 'ETag': part['ETag']}]})
        assert quota('GET') == [2500, 2200]
        s3.put_bucket_versioning(Bucket=b, VersioningConfiguration={'Status': 'Enabled'})
        s3.put_object(Bucket=b, Key='b', Body=b'x' * 300)
        assert code(s3.put_object, Bucket=b, Key='b', Body=b'x') == 'QuotaExceeded'
        s3.delete_object(Bucket=b, Key='b', VersionId='null')
        assert quota('GET') == [2500, 1800]
        quota('DELETE')
        up = s3.create_multipart_upload(Bucket=b, Key='m')['UploadId']
        s3.upload_part(Bucket=b, Key='m', UploadId=up, PartNumber=1, Body=b'x' * 5000)
        assert quota('GET') == [None, 6800]
        s3.abort_multipart_upload(Bucket=b, Key='m', UploadId=up)
        for v in (l := s3.list_object_versions(Bucket=b))['Versions'] + l.get('DeleteMarkers', []):
            s3.delete_object(Bucket=b, Key=v['Key'], VersionId=v['VersionId'])
        assert quota('GET') == [None, 0]
        """);

    [Fact]
    public Task Lifecycle_rules_are_kept_checked_and_applied() => store.PythonAsync(
        """
        import datetime, time
        b = 'lifecycle-bucket'
        s3.create_bucket(Bucket=b)
        put = lambda *rules: code(s3.put_bucket_lifecycle_configuration, Bucket=b, LifecycleConfiguration={'Rules': list(rules)})
        past = datetime.datetime(2020, 1, 1)
        assert put({'Status': 'Enabled', 'Filter': {'Prefix': ''}, 'Transitions': [{'Days': 1, 'StorageClass': 'GLACIER'}]}) == 'NotImplemented'
        assert put({'Status': 'Enabled', 'Filter': {'Prefix': ''}, 'Expiration': {'Days': 0}}) == 'InvalidArgument'
        assert put({'Status': 'Enabled', 'Filter': {'Prefix': ''}, 'Expiration': {'Date': datetime.datetime(2020, 1, 1, 5)}}) == 'InvalidArgument'
        assert put({'Status': 'Perhaps', 'Filter': {'Prefix': ''}, 'Expiration': {'Days': 1}}) == 'MalformedXML'
        assert put({'Status': 'Enabled', 'Filter': {'Prefix': ''}}) == 'InvalidArgument'
        assert put(*[{'ID': 'same', 'Status': 'Enabled', 'Filter': {'Prefix': ''}, 'Expiration': {'Days': 1}}] * 2) == 'InvalidArgument'
        for key, tags in (('tmp/1', ''), ('tmp/2', 'keep=no'), ('keep/1', ''), ('off/1', '')):
            s3.put_object(Bucket=b, Key=key, Body=b'x', Tagging=tags)
        assert put({'Status': 'Enabled', 'Filter': {'And': {'Prefix': 'tmp/', 'Tags': [{'Key': 'keep', 'Value': 'no'}]}}, 'Expiration': {'Date': past}},
            {'Status': 'Disabled', 'Filter': {'Prefix': 'off/'}, 'Expiration': {'Date': past}}, {'Status': 'Enabled', 'Filter': {'Prefix': ''}, 'Expiration': {'Days': 3650}}) == 'no error'
        rules = s3.get_bucket_lifecycle_configuration(Bucket=b)['Rules']
        assert len({r['ID'] for r in rules}) == 3 and rules[2]['Expiration']['Days'] == 3650
        for _ in range(600):
            keys = [o['Key'] for o in s3.list_objects_v2(Bucket=b)['Contents']]
            if keys == ['keep/1', 'off/1', 'tmp/1']:
                break
            time.sleep(0.1)
        assert keys == ['keep/1', 'off/1', 'tmp/1'], keys
        head = s3.head_object(Bucket=b, Key='keep/1')
        due = (head['LastModified'] + datetime.timedelta(days=3651)).strftime('%a, %d %b %Y 00:00:00 GMT')
        assert head['Expiration'] == f'expiry-date="{due}", rule-id="{rules[2]["ID"]}"', head['Expiration']
        assert s3.put_object(Bucket=b, Key='keep/2', Body=b'x')['Expiration'].endswith(f'rule-id="{rules[2]["ID"]}"')
        assert s3.copy_object(Bucket=b, Key='keep/3', CopySource=f'{b}/keep/2')['Expiration'].startswith('expiry-date="')
        s3.delete_bucket_lifecycle(Bucket=b)
        assert 'Expiration' not in s3.head_object(Bucket=b, Key='keep/1')
        assert code(s3.get_bucket_lifecycle_configuration, Bucket=b) == 'NoSuchLifecycleConfiguration'
        """);

    [Fact]
    public Task Objects_that_no_rule_expires_are_put_and_got_without_an_expiration() => store.PythonAsync(
        """
        b = 'unexpired-bucket'
        s3.create_bucket(Bucket=b)
        for rule in ({'Filter': {'Prefix': 'other/'}, 'Expiration': {'Days': 1}}, {'Filter': {'Prefix': ''}, 'NoncurrentVersionExpiration': {'NoncurrentDays': 1}}):
            s3.put_bucket_lifecycle_configuration(Bucket=b, LifecycleConfiguration={'Rules': [{'Status': 'Enabled', **rule}]})
            assert 'Expiration' not in s3.put_object(Bucket=b, Key='k', Body=b'x')
            assert 'Expiration' not in s3.copy_object(Bucket=b, Key='copy', CopySource=b + '/k')
            assert 'Expiration' not in s3.get_object(Bucket=b, Key='k')
        """);

    [Fact]
    public Task Attributes_of_objects_are_told_without_their_bodies() => store.PythonAsync(
        """
        b = 'attributes-bucket'
        s3.create_bucket(Bucket=b)
        s3.put_object(Bucket=b, Key='k', Body=b'body', ChecksumAlgorithm='SHA256')
        got = s3.get_object_attributes(Bucket=b, Key='k', ObjectAttributes=['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'])
        assert (got['ETag'], got['ObjectSize'], got['StorageClass']) == ('841a2d689ad86bd1611447453c22c6fc', 4, 'STANDARD') and got['Checksum']['ChecksumSHA256'] and 'ObjectParts' not in got
        assert 'ETag' not in s3.get_object_attributes(Bucket=b, Key='k', ObjectAttributes=['ObjectSize'])
        up = s3.create_multipart_upload(Bucket=b, Key='m')['UploadId']
        parts = [{'PartNumber': n, 'ETag': s3.upload_part(Bucket=b, Key='m', UploadId=up, PartNumber=n, Body=body)['ETag']} for n, body in ((2, b'a' * (5 << 20)), (5, b'end'))]
        s3.complete_multipart_upload(Bucket=b, Key='m', UploadId=up, MultipartUpload={'Parts': parts})
        got = s3.get_object_attributes(Bucket=b, Key='m', ObjectAttributes=['ObjectParts'], MaxParts=1)['ObjectParts']
        assert (got['TotalPartsCount'], got['IsTruncated'], got['NextPartNumberMarker'], got['Parts']) == (2, True, 1, [{'PartNumber': 1, 'Size': 5 << 20}]), got
        assert s3.get_object_attributes(Bucket=b, Key='m', ObjectAttributes=['ObjectParts'], PartNumberMarker=1)['ObjectParts']['Parts'] == [{'PartNumber': 2, 'Size': 3}]
        assert code(s3.get_object_attributes, Bucket=b, Key='absent', ObjectAttributes=['ETag']) == 'NoSuchKey'
        assert code(s3.get_object_attributes, Bucket=b, Key='k', ObjectAttributes=['Colour']) == 'InvalidArgument'
        # A copy may ask for a checksum its source has not.
        copied = s3.copy_object(Bucket=b, Key='copy', CopySource=b + '/m', ChecksumAlgorithm='SHA1')
        import base64, hashlib
        assert copied['CopyObjectResult']['ChecksumSHA1'] == base64.b64encode(hashlib.sha1(b'a' * (5 << 20) + b'end').digest()).decode()
        """);
}
