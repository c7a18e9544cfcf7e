namespace Glue.ObjectStore.FunctionalTests;

/// <summary>Uploads by HTML form, with policies that boto3 signs.</summary>
public sealed class FormTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    private const string Prelude =
        """
        import base64, hashlib, json, urllib.request, urllib.error
        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *arguments):
                return None
        opener = urllib.request.build_opener(Stay)
        def post(b, fields, content=b'content', name='C:\\folder\\ü b.txt', boundary='xXx', end='--xXx--\r\n'):
            body = b''.join(('--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (boundary, k, v)).encode() for k, v in fields)
            if content is not None:
                body += ('--%s\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\nContent-Type: text/ignored\r\n\r\n' % (boundary, name)).encode() + content + b'\r\n'
            request = urllib.request.Request(endpoint + '/' + b, data=body + end.encode(), headers={'Content-Type': 'multipart/form-data; boundary=' + boundary})
            try:
                with opener.open(request) as answer:
                    return answer.status, answer.read().decode(), answer.headers
            except urllib.error.HTTPError as e:
                return e.code, e.read().decode(), e.headers
        v2 = boto3.client('s3', endpoint_url=endpoint)
        def form(b, key, conditions=None, fields=None, client=s3, expires=60):
            made = client.generate_presigned_post(b, key, Fields=fields, Conditions=conditions, ExpiresIn=expires)
            return list(made['fields'].items())

        """;

    [Fact]
    public Task A_signed_form_uploads_a_file_with_its_fields() => store.PythonAsync(Prelude +
        """
        b = 'forms-good'
        s3.create_bucket(Bucket=b)
        for client in (s3, v2):
            fields = form(b, 'up/${filename}', [['starts-with', '$key', 'up/'], {'Content-Type': 'text/x'}, ['starts-with', '$x-amz-meta-m', ''], ['content-length-range', 1, 100],
                ['eq', '$success_action_status', '201'], ['starts-with', '$tagging', '']], {'Content-Type': 'text/x', 'x-amz-meta-m': '1', 'success_action_status': '201',
                'tagging': '<Tagging><TagSet><Tag><Key>t</Key><Value>v</Value></Tag></TagSet></Tagging>'}, client)
            status, answer, headers = post(b, fields)
            assert status == 201 and '<Key>up/ü b.txt</Key>' in answer and headers['ETag'] == '"%s"' % hashlib.md5(b'content').hexdigest(), (status, answer)
            got = s3.get_object(Bucket=b, Key='up/ü b.txt')
            assert (got['Body'].read(), got['ContentType'], got['Metadata'], got['TagCount']) == (b'content', 'text/x', {'m': '1'}, 1)
            s3.delete_object(Bucket=b, Key='up/ü b.txt')
        assert post(b, form(b, 'plain'))[0] == 204
        assert post(b, form(b, 'redirected', [{'success_action_redirect': 'http://x.example/y?z=1'}], {'success_action_redirect': 'http://x.example/y?z=1'}))[2]['Location'] \
            == 'http://x.example/y?z=1&bucket=forms-good&key=redirected&etag=%22' + hashlib.md5(b'content').hexdigest() + '%22'
        big = b'x' * (3 << 20)
        assert post(b, form(b, 'big'), big)[0] == 204 and s3.get_object(Bucket=b, Key='big')['Body'].read() == big
        """);

    [Fact]
    public async Task A_form_that_its_policy_does_not_allow_leaves_nothing()
    {
        await store.PythonAsync(Prelude +
            """
            b = 'forms-bad'
            s3.create_bucket(Bucket=b)
            def refused(code, fields, status=403, **more):
                got = post(b, fields, **more)
                assert got[0] == status and '<Code>%s</Code>' % code in got[1], got
            good = form(b, 'k')
            change = lambda fields, **new: [(k, new.get(k.replace('-', '_'), v)) for k, v in fields]
            refused('AccessDenied', form(b, 'k', expires=-5))
            refused('AccessDenied', change(good, key='other'))
            refused('AccessDenied', good + [('x-amz-meta-extra', '1')])
            refused('SignatureDoesNotMatch', change(good, x_amz_signature='0' * 64))
            refused('SignatureDoesNotMatch', change(good, policy=base64.b64encode(b'{"expiration": "2099-01-01T00:00:00Z", "conditions": []}').decode()))
            refused('InvalidAccessKeyId', change(good, x_amz_credential='NOBODY/20260101/us-east-1/s3/aws4_request'))
            refused('AccessDenied', [('key', 'k')])
            refused('AccessDenied', [f for f in good if f[0] != 'x-amz-signature'])
            refused('InvalidArgument', [f for f in good if f[0] != 'key'], 400)
            refused('InvalidArgument', good, 400, content=None)
            refused('EntityTooLarge', form(b, 'k', [['content-length-range', 0, 3]]), 400)
            refused('EntityTooSmall', form(b, 'k', [['content-length-range', 30, 50]]), 400)
            refused('MaxPostPreDataLengthExceeded', [('x', 'y' * 30000)] + good, 400)
            refused('MalformedPOSTRequest', good, 400, end='')
            refused('AccessControlListNotSupported', form(b, 'k', [{'acl': 'public-read'}], {'acl': 'public-read'}), 400)
            request = urllib.request.Request(endpoint + '/' + b, data=b'x', headers={'Content-Type': 'multipart/form-data'})
            try:
                opener.open(request)
                assert False
            except urllib.error.HTTPError as e:
                assert b'MalformedPOSTRequest' in e.read()
            other = boto3.client('s3', endpoint_url=endpoint, aws_access_key_id='GLUETESTSTRANGER', aws_secret_access_key='stranger-secret', config=Config(signature_version='s3v4'))
            refused('AccessDenied', form(b, 'k', client=other))
            assert s3.list_objects_v2(Bucket=b)['KeyCount'] == 0
            """);
    }

    [Fact]
    public async Task A_form_is_an_event_of_its_own()
    {
        await store.PythonAsync(Prelude + "s3.create_bucket(Bucket='forms-event')\nassert post('forms-event', form('forms-event', 'k'))[0] == 204");

        var change = Assert.Single(store.Server.Journal.Changes(), static change => change.Bucket == "forms-event");
        Assert.Equal(("ObjectCreated:Post", 7L, "owner"), (change.EventName, change.Size, change.PrincipalId));
    }
}
