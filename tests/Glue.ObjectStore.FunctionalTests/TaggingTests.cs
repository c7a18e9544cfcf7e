namespace Glue.ObjectStore.FunctionalTests;

public sealed class TaggingTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    [Fact]
    public Task Tags_come_with_puts_copies_and_multipart_uploads_and_can_be_changed() => store.PythonAsync(
        """
        b = 'tagging-objects'
        s3.create_bucket(Bucket=b)
        tags = lambda key: {t['Key']: t['Value'] for t in s3.get_object_tagging(Bucket=b, Key=key)['TagSet']}
        s3.put_object(Bucket=b, Key='k', Body=b'1', Tagging='team=a%20b&empty=&%C3%BC=%26%3D')
        assert tags('k') == {'team': 'a b', 'empty': '', 'ü': '&='}
        assert s3.get_object(Bucket=b, Key='k')['TagCount'] == 3
        s3.copy_object(Bucket=b, Key='kept', CopySource=b + '/k')
        s3.copy_object(Bucket=b, Key='replaced', CopySource=b + '/k', TaggingDirective='REPLACE', Tagging='x=y')
        assert tags('kept') == tags('k') and tags('replaced') == {'x': 'y'}
        up = s3.create_multipart_upload(Bucket=b, Key='m', Tagging='p=q')['UploadId']
        part = s3.upload_part(Bucket=b, Key='m', UploadId=up, PartNumber=1, Body=b'x')
        s3.complete_multipart_upload(Bucket=b, Key='m', UploadId=up, MultipartUpload={'Parts': [{'PartNumber': 1, 'ETag': part['ETag']}]})
        assert tags('m') == {'p': 'q'}
        before = s3.head_object(Bucket=b, Key='k')
        s3.put_object_tagging(Bucket=b, Key='k', Tagging={'TagSet': [{'Key': 'n', 'Value': '1'}]})
        assert tags('k') == {'n': '1'} and s3.head_object(Bucket=b, Key='k')['LastModified'] == before['LastModified']
        s3.delete_object_tagging(Bucket=b, Key='k')
        assert tags('k') == {} and 'TagCount' not in s3.get_object(Bucket=b, Key='k')
        put = lambda pairs: code(s3.put_object_tagging, Bucket=b, Key='k', Tagging={'TagSet': [{'Key': k, 'Value': v} for k, v in pairs]})
        assert put([(str(n), '') for n in range(11)]) == 'BadRequest'
        assert put([('a', '1'), ('a', '2')]) == 'InvalidTag' and put([('aws:x', '')]) == 'InvalidTag'
        assert put([('k' * 129, '')]) == 'InvalidTag' and put([('k', 'v' * 257)]) == 'InvalidTag'
        assert code(s3.put_object, Bucket=b, Key='k', Body=b'', Tagging='a=1&a=2') == 'InvalidTag'
        assert code(s3.get_object_tagging, Bucket=b, Key='absent') == 'NoSuchKey'
        assert code(s3.put_object_tagging, Bucket=b, Key='absent', Tagging={'TagSet': []}) == 'NoSuchKey'
        """);

    [Fact]
    public async Task Tagging_is_an_event_of_its_own()
    {
        var bucket = await store.BucketAsync();
        using var sdk = store.Sdk();
        var put = await sdk.PutObjectAsync(new() { BucketName = bucket, Key = "k", ContentBody = "12" });
        await sdk.PutObjectTaggingAsync(new() { BucketName = bucket, Key = "k", Tagging = new() { TagSet = [new() { Key = "a", Value = "b" }] } });
        await sdk.DeleteObjectTaggingAsync(new() { BucketName = bucket, Key = "k" });

        var changes = store.Server.Journal.Changes().Where(change => change.Bucket == bucket).ToList();

        Assert.Equal(["ObjectCreated:Put", "ObjectTagging:Put", "ObjectTagging:Delete"], changes.Select(change => change.EventName));
        Assert.Equal(put.ETag.Trim('"'), changes[1].ETag);
    }

    [Fact]
    public Task Buckets_have_tags_too() => store.PythonAsync(
        """
        b = 'tagging-bucket'
        s3.create_bucket(Bucket=b)
        s3.put_bucket_tagging(Bucket=b, Tagging={'TagSet': [{'Key': str(n), 'Value': 'ü'} for n in range(50)]})
        assert len(s3.get_bucket_tagging(Bucket=b)['TagSet']) == 50
        assert code(s3.put_bucket_tagging, Bucket=b, Tagging={'TagSet': [{'Key': str(n), 'Value': ''} for n in range(51)]}) == 'BadRequest'
        s3.delete_bucket_tagging(Bucket=b)
        assert code(s3.get_bucket_tagging, Bucket=b) == 'NoSuchTagSet'
        """);
}
