namespace Glue.ObjectStore.FunctionalTests;

/// <summary>Versions as boto3 sees them, and the events they give.</summary>
public sealed class VersioningTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    [Fact]
    public Task Every_put_adds_a_version_and_a_delete_only_hides() => store.PythonAsync(
        """
        b = 'versions-basic'
        s3.create_bucket(Bucket=b)
        first = s3.put_object(Bucket=b, Key='k', Body=b'before versions')
        assert 'VersionId' not in first
        s3.put_bucket_versioning(Bucket=b, VersioningConfiguration={'Status': 'Enabled'})
        assert s3.get_bucket_versioning(Bucket=b)['Status'] == 'Enabled'
        assert s3.head_object(Bucket=b, Key='k')['VersionId'] == 'null'
        one = s3.put_object(Bucket=b, Key='k', Body=b'1')['VersionId']
        two = s3.put_object(Bucket=b, Key='k', Body=b'2')['VersionId']
        def body(**which):
            return s3.get_object(Bucket=b, Key='k', **which)['Body'].read()
        assert (body(), body(VersionId=one), body(VersionId='null')) == (b'2', b'1', b'before versions')
        marker = s3.delete_object(Bucket=b, Key='k')
        assert marker['DeleteMarker'] and marker['VersionId'] not in (one, two)
        try:
            s3.get_object(Bucket=b, Key='k')
            assert False
        except ClientError as e:
            assert e.response['Error']['Code'] == 'NoSuchKey'
            headers = e.response['ResponseMetadata']['HTTPHeaders']
            assert headers['x-amz-delete-marker'] == 'true' and headers['x-amz-version-id'] == marker['VersionId']
        assert code(s3.get_object, Bucket=b, Key='k', VersionId=marker['VersionId']) == 'MethodNotAllowed'
        assert code(s3.head_object, Bucket=b, Key='k', VersionId=marker['VersionId']) == '405'
        assert s3.list_objects_v2(Bucket=b)['KeyCount'] == 0
        listed = s3.list_object_versions(Bucket=b)
        assert [(v['VersionId'], v['IsLatest'], v['Size']) for v in listed['Versions']] == [(two, False, 1), (one, False, 1), ('null', False, 15)]
        assert [(m['VersionId'], m['IsLatest']) for m in listed['DeleteMarkers']] == [(marker['VersionId'], True)]
        gone = s3.delete_object(Bucket=b, Key='k', VersionId=marker['VersionId'])
        assert gone['DeleteMarker'] and gone['VersionId'] == marker['VersionId']
        assert body() == b'2'
        assert s3.delete_object(Bucket=b, Key='k', VersionId=two)['VersionId'] == two
        assert body() == b'1'
        s3.delete_object(Bucket=b, Key='k', VersionId='null')
        assert code(s3.get_object, Bucket=b, Key='k', VersionId='null') == 'NoSuchVersion'
        assert code(s3.delete_bucket, Bucket=b) == 'BucketNotEmpty'
        s3.delete_object(Bucket=b, Key='k', VersionId=one)
        assert s3.delete_object(Bucket=b, Key='never there')['DeleteMarker']
        assert code(s3.delete_bucket, Bucket=b) == 'BucketNotEmpty'
        for m in s3.list_object_versions(Bucket=b)['DeleteMarkers']:
            s3.delete_object(Bucket=b, Key=m['Key'], VersionId=m['VersionId'])
        s3.delete_bucket(Bucket=b)
        """);

    [Fact]
    public Task A_suspended_bucket_replaces_the_null_version_and_keeps_the_others() => store.PythonAsync(
        """
        b = 'versions-suspended'
        s3.create_bucket(Bucket=b)
        assert code(s3.put_bucket_versioning, Bucket=b, VersioningConfiguration={'Status': 'Off'}) == 'IllegalVersioningConfigurationException'
        s3.put_bucket_versioning(Bucket=b, VersioningConfiguration={'Status': 'Enabled'})
        kept = s3.put_object(Bucket=b, Key='k', Body=b'kept')['VersionId']
        s3.put_bucket_versioning(Bucket=b, VersioningConfiguration={'Status': 'Suspended'})
        assert s3.put_object(Bucket=b, Key='k', Body=b'null 1')['VersionId'] == 'null'
        assert s3.put_object(Bucket=b, Key='k', Body=b'null 2')['VersionId'] == 'null'
        versions = lambda: [(v['VersionId'], v['IsLatest']) for v in s3.list_object_versions(Bucket=b).get('Versions', [])]
        assert versions() == [('null', True), (kept, False)]
        marker = s3.delete_object(Bucket=b, Key='k')
        assert (marker['DeleteMarker'], marker['VersionId']) == (True, 'null')
        assert versions() == [(kept, False)]
        s3.put_object(Bucket=b, Key='k', Body=b'null 3')
        assert versions() == [('null', True), (kept, False)] and 'DeleteMarkers' not in s3.list_object_versions(Bucket=b)
        s3.put_bucket_versioning(Bucket=b, VersioningConfiguration={'Status': 'Enabled'})
        new = s3.put_object(Bucket=b, Key='k', Body=b'new')['VersionId']
        assert versions() == [(new, True), ('null', False), (kept, False)]
        s3.delete_object(Bucket=b, Key='k', VersionId='null')
        assert versions() == [(new, True), (kept, False)]
        """);

    [Fact]
    public Task Copies_parts_bulk_deletes_and_conditions_know_versions() => store.PythonAsync(
        """
        b = 'versions-more'
        s3.create_bucket(Bucket=b)
        s3.put_bucket_versioning(Bucket=b, VersioningConfiguration={'Status': 'Enabled'})
        old = s3.put_object(Bucket=b, Key='k', Body=b'old' * 100, Metadata={'n': '1'})
        new = s3.put_object(Bucket=b, Key='k', Body=b'new')
        copied = s3.copy_object(Bucket=b, Key='c', CopySource={'Bucket': b, 'Key': 'k', 'VersionId': old['VersionId']})
        assert copied['CopySourceVersionId'] == old['VersionId'] and copied['VersionId']
        assert s3.get_object(Bucket=b, Key='c')['Body'].read() == b'old' * 100
        # The usual way to bring an old version back: copy it onto itself.
        back = s3.copy_object(Bucket=b, Key='k', CopySource={'Bucket': b, 'Key': 'k', 'VersionId': old['VersionId']})
        assert s3.get_object(Bucket=b, Key='k')['VersionId'] == back['VersionId'] and s3.get_object(Bucket=b, Key='k')['Metadata'] == {'n': '1'}
        up = s3.create_multipart_upload(Bucket=b, Key='m')['UploadId']
        part = s3.upload_part_copy(Bucket=b, Key='m', UploadId=up, PartNumber=1, CopySource={'Bucket': b, 'Key': 'k', 'VersionId': new['VersionId']})
        assert part['CopySourceVersionId'] == new['VersionId']
        done = s3.complete_multipart_upload(Bucket=b, Key='m', UploadId=up, MultipartUpload={'Parts': [{'PartNumber': 1, 'ETag': part['CopyPartResult']['ETag']}]})
        assert s3.get_object(Bucket=b, Key='m', VersionId=done['VersionId'])['Body'].read() == b'new'
        result = s3.delete_objects(Bucket=b, Delete={'Objects': [{'Key': 'k', 'VersionId': new['VersionId']}, {'Key': 'k'}, {'Key': 'x', 'VersionId': '?'}]})
        deleted = sorted(result['Deleted'], key=lambda d: 'VersionId' in d)
        assert deleted[0]['DeleteMarker'] and deleted[0]['DeleteMarkerVersionId'] and deleted[1] == {'Key': 'k', 'VersionId': new['VersionId']}, deleted
        assert result['Errors'][0]['Code'] == 'InvalidArgument'
        def put_if(name, value):
            client = boto3.client('s3', endpoint_url=endpoint)
            client.meta.events.register('before-sign.s3.PutObject', lambda request, **_: request.headers.add_header(name, value))
            return code(client.put_object, Bucket=b, Key='k', Body=b'over the marker')
        assert put_if('If-Match', back['CopyObjectResult']['ETag']) == 'NoSuchKey'
        assert put_if('If-None-Match', '*') == 'no error'
        assert put_if('If-None-Match', '*') == 'PreconditionFailed'
        tagged = s3.put_object_tagging(Bucket=b, Key='k', VersionId=old['VersionId'], Tagging={'TagSet': [{'Key': 'a', 'Value': '1'}]})
        assert tagged['VersionId'] == old['VersionId']
        assert s3.get_object_tagging(Bucket=b, Key='k')['TagSet'] == []
        assert s3.get_object_tagging(Bucket=b, Key='k', VersionId=old['VersionId'])['TagSet'] == [{'Key': 'a', 'Value': '1'}]
        """);

    [Fact]
    public async Task Events_name_the_version_and_a_delete_marker_is_its_own_event()
    {
        var bucket = await store.BucketAsync();
        using var sdk = store.Sdk();
        await sdk.PutBucketVersioningAsync(new() { BucketName = bucket, VersioningConfig = new() { Status = Amazon.S3.VersionStatus.Enabled } });
        var put = await sdk.PutObjectAsync(new() { BucketName = bucket, Key = "k", ContentBody = "12" });
        var marker = await sdk.DeleteObjectAsync(bucket, "k");
        await sdk.DeleteObjectAsync(new() { BucketName = bucket, Key = "k", VersionId = put.VersionId });
        await sdk.PutBucketVersioningAsync(new() { BucketName = bucket, VersioningConfig = new() { Status = Amazon.S3.VersionStatus.Suspended } });
        await sdk.PutObjectAsync(new() { BucketName = bucket, Key = "k", ContentBody = "3" });

        var changes = store.Server.Journal.Changes().Where(change => change.Bucket == bucket).ToList();

        Assert.Equal(
            [("ObjectCreated:Put", put.VersionId, (long?)2), ("ObjectRemoved:DeleteMarkerCreated", marker.VersionId, null),
             ("ObjectRemoved:Delete", put.VersionId, null), ("ObjectCreated:Put", null, 1)],
            changes.Select(change => (change.EventName, change.VersionId, change.Size)));
        Assert.Equal(changes.Select(change => change.Sequencer).Order(StringComparer.Ordinal).Distinct(StringComparer.Ordinal), changes.Select(change => change.Sequencer));
    }

    [Fact]
    public Task Listings_of_versions_page_within_a_key_and_over_common_prefixes() => store.PythonAsync(
        """
        b = 'versions-listing'
        s3.create_bucket(Bucket=b)
        s3.put_bucket_versioning(Bucket=b, VersioningConfiguration={'Status': 'Enabled'})
        expected = []
        for key in ('a', 'dir/1', 'dir/2', 'ü'):
            ids = [s3.put_object(Bucket=b, Key=key, Body=b'')['VersionId'] for _ in range(3)] + [s3.delete_object(Bucket=b, Key=key)['VersionId']]
            expected += [(key, i) for i in reversed(ids)]
        def pages(size, **arguments):
            found = []
            for page in s3.get_paginator('list_object_versions').paginate(Bucket=b, PaginationConfig={'PageSize': size}, **arguments):
                rows = page.get('Versions', []) + page.get('DeleteMarkers', [])
                assert len(rows) + len(page.get('CommonPrefixes', [])) <= size
                found += [(r['Key'], r['VersionId']) for r in rows] + [(p['Prefix'], None) for p in page.get('CommonPrefixes', [])]
            return found
        for size in (1, 2, 3, 7):
            assert sorted(pages(size)) == sorted(expected), size
            rolled = pages(size, Delimiter='/')
            assert sorted(r for r in rolled if r[1]) == sorted(e for e in expected if '/' not in e[0]) and rolled.count(('dir/', None)) == 1, (size, rolled)
        assert code(s3.list_object_versions, Bucket=b, VersionIdMarker='null') == 'InvalidArgument'
        """);
}
