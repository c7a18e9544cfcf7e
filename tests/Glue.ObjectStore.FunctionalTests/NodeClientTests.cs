namespace Glue.ObjectStore.FunctionalTests;

/// <summary>The S3 clients of the Node world.</summary>
public sealed class NodeClientTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    [Fact]
    public Task The_aws_sdk_for_javascript_puts_streams_versions_tags_and_checksums() => NodeClients.RunAsync(store.Server.Endpoint,
        """
        import { Readable } from 'node:stream';
        import * as aws from '@aws-sdk/client-s3';
        const s3 = new aws.S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: { accessKeyId: key, secretAccessKey: secret }, maxAttempts: 1 });
        const send = (name, input) => s3.send(new aws[name + 'Command']({ Bucket: 'node-aws', ...input }));
        const fails = async (code, name, input) => assert.rejects(send(name, input), e => { assert.equal(e.name, code); return true; });
        await send('CreateBucket');
        await send('PutBucketVersioning', { VersioningConfiguration: { Status: 'Enabled' } });
        const key1 = 'dir/ü b+c&d.txt', body = Buffer.alloc(300_000, 'x');
        const one = await send('PutObject', { Key: key1, Body: 'one', Metadata: { m: '1' }, Tagging: 'a=b' });
        // A stream of known length goes as aws-chunked with a CRC trailer.
        const two = await send('PutObject', { Key: key1, Body: Readable.from([body]), ContentLength: body.length, ChecksumAlgorithm: 'CRC32C' });
        assert.ok(two.ChecksumCRC32C);
        const got = await send('GetObject', { Key: key1 });
        assert.equal(Buffer.from(await got.Body.transformToByteArray()).compare(body), 0);
        assert.equal(await (await send('GetObject', { Key: key1, VersionId: one.VersionId })).Body.transformToString(), 'one');
        assert.deepEqual((await send('GetObjectTagging', { Key: key1, VersionId: one.VersionId })).TagSet, [{ Key: 'a', Value: 'b' }]);
        assert.equal((await send('ListObjectVersions', { Prefix: 'dir/' })).Versions.length, 2);
        for (const algorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'].filter(a => a !== 'CRC64NVME'))
          for (const type of algorithm.startsWith('CRC') ? ['COMPOSITE', 'FULL_OBJECT'] : ['COMPOSITE']) {
            const { UploadId } = await send('CreateMultipartUpload', { Key: 'm', ChecksumAlgorithm: algorithm, ChecksumType: type });
            const part = Buffer.alloc(5 << 20, algorithm);
            const Parts = [];
            for (const [PartNumber, Body] of [[1, part], [2, Buffer.from('end')]]) {
              const made = await send('UploadPart', { Key: 'm', UploadId, PartNumber, Body, ChecksumAlgorithm: algorithm });
              Parts.push({ PartNumber, ETag: made.ETag, ['Checksum' + algorithm]: made['Checksum' + algorithm] });
            }
            const done = await send('CompleteMultipartUpload', { Key: 'm', UploadId, MultipartUpload: { Parts } });
            assert.equal(done.ChecksumType, type);
            assert.ok(done['Checksum' + algorithm].endsWith('-2') === (type === 'COMPOSITE'), algorithm);
            // The SDK compares a full-object checksum with what it receives.
            assert.equal((await (await send('GetObject', { Key: 'm', ChecksumMode: 'ENABLED' })).Body.transformToByteArray()).length, part.length + 3);
          }
        await fails('PreconditionFailed', 'PutObject', { Key: key1, Body: '', IfNoneMatch: '*' });
        await fails('NoSuchKey', 'GetObject', { Key: 'absent' });
        await fails('BadDigest', 'PutObject', { Key: 'bad', Body: 'x', ChecksumSHA256: Buffer.alloc(32).toString('base64') });
        const { Deleted } = await send('DeleteObjects', { Delete: { Objects: [{ Key: key1 }, { Key: key1, VersionId: one.VersionId }] } });
        assert.equal(Deleted.filter(d => d.DeleteMarker).length, 1);
        """);

    [Fact]
    public Task The_minio_client_works_with_its_own_multipart_post_policies_and_tags() => NodeClients.RunAsync(store.Server.Endpoint,
        """
        import { Client, PostPolicy } from 'minio';
        const url = new URL(endpoint);
        const minio = new Client({ endPoint: url.hostname, port: +url.port, useSSL: false, accessKey: key, secretKey: secret });
        const b = 'node-minio', read = async stream => { const all = []; for await (const piece of stream) all.push(piece); return Buffer.concat(all); };
        await minio.makeBucket(b, 'us-east-1');
        assert.ok(await minio.bucketExists(b) && !await minio.bucketExists('node-minio-absent'));
        const large = Buffer.alloc(70 << 20, 'minio');
        await minio.putObject(b, 'large', large, large.length, { 'X-Amz-Meta-A': '1' });
        const stat = await minio.statObject(b, 'large');
        assert.equal(stat.size, large.length);
        assert.match(stat.etag, /-\d+$/);
        assert.equal((await read(await minio.getObject(b, 'large'))).compare(large), 0);
        assert.equal((await read(await minio.getPartialObject(b, 'large', 65535, 3))).toString(), large.subarray(65535, 65538).toString());
        await minio.putObject(b, 'dir/a b', 'small');
        await minio.setObjectTagging(b, 'dir/a b', { t: 'v' });
        assert.deepEqual((await minio.getObjectTagging(b, 'dir/a b')).flat().map(t => t.Key), ['t']);
        await minio.setBucketVersioning(b, { Status: 'Enabled' });
        const { versionId } = await minio.putObject(b, 'dir/a b', 'newer');
        assert.ok(versionId);
        const list = (prefix, recursive, options) => new Promise((resolve, reject) => {
          const all = []; minio.listObjects(b, prefix, recursive, options).on('data', o => all.push(o)).on('end', () => resolve(all)).on('error', reject);
        });
        assert.deepEqual((await list('', false)).map(o => o.name ?? o.prefix).sort(), ['dir/', 'large']);
        assert.equal((await list('dir/', true, { IncludeVersion: true })).length, 2);
        const policy = new PostPolicy();
        policy.setBucket(b); policy.setKeyStartsWith('form/'); policy.setExpires(new Date(Date.now() + 60000)); policy.setContentLengthRange(1, 100);
        const { postURL, formData } = await minio.presignedPostPolicy(policy);
        const form = new FormData();
        for (const [name, value] of Object.entries({ ...formData, key: 'form/x' })) form.append(name, value);
        form.append('file', new Blob(['posted']), 'x.txt');
        const posted = await fetch(postURL, { method: 'POST', body: form });
        assert.equal(posted.status, 204, await posted.text());
        assert.equal((await read(await minio.getObject(b, 'form/x'))).toString(), 'posted');
        assert.equal(await (await fetch(await minio.presignedGetObject(b, 'form/x', 60))).text(), 'posted');
        await minio.removeObjects(b, ['large', 'form/x']);
        await minio.setBucketPolicy(b, JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: ['*'] }, Action: ['s3:GetObject'], Resource: [`arn:aws:s3:::${b}/dir/*`] }] }));
        assert.equal(await (await fetch(`${endpoint}/${b}/dir/a%20b`)).text(), 'newer');
        """);
}
