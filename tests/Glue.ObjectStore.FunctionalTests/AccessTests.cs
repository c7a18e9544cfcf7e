namespace Glue.ObjectStore.FunctionalTests;

/// <summary>Bucket policies, CORS and the public access block.</summary>
public sealed class AccessTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    private const string Prelude =
        """
        import json, urllib.request, urllib.error
        def fetch(path, method='GET', data=None, headers={}):
            try:
                with urllib.request.urlopen(urllib.request.Request(endpoint + path, data=data, method=method, headers=headers)) as answer:
                    return answer.status, answer.read(), answer.headers
            except urllib.error.HTTPError as e:
                return e.code, e.read(), e.headers
        stranger = boto3.client('s3', endpoint_url=endpoint, aws_access_key_id='GLUETESTSTRANGER', aws_secret_access_key='stranger-secret', config=Config(signature_version='s3v4'))
        def policy(b, *statements):
            return code(s3.put_bucket_policy, Bucket=b, Policy=json.dumps({'Version': '2012-10-17', 'Statement': list(statements)}))
        def statement(effect, action, resource, principal='*', **more):
            return {'Effect': effect, 'Principal': principal, 'Action': action, 'Resource': resource, **more}

        """;

    [Fact]
    public Task A_policy_lets_others_in_and_keeps_even_the_owner_out() => store.PythonAsync(Prelude +
        """
        b = 'access-policy'
        arn = 'arn:aws:s3:::' + b
        s3.create_bucket(Bucket=b)
        for key in ('public/a', 'shared/b', 'secret/c'):
            s3.put_object(Bucket=b, Key=key, Body=key.encode())
        assert fetch('/' + b + '/public/a')[0] == 403 and code(stranger.get_object, Bucket=b, Key='shared/b') == 'AccessDenied'
        assert policy(b, statement('Allow', 's3:GetObject', arn + '/public/*'),
            statement('Allow', ['s3:Get*', 's3:PutObject'], arn + '/shared/*', {'AWS': 'arn:aws:iam::111111111111:root'}),
            statement('Allow', 's3:ListBucket', arn, {'AWS': '111111111111'}, Condition={'StringLike': {'s3:prefix': 'shared/*'}}),
            statement('Deny', 's3:DeleteObject*', arn + '/secret/*')) == 'no error'
        assert fetch('/' + b + '/public/a')[:2] == (200, b'public/a')
        assert fetch('/' + b + '/public/a', 'HEAD')[0] == 200
        assert fetch('/' + b + '/public/a', 'PUT', b'x')[0] == 403 and fetch('/' + b + '/public/a', 'DELETE')[0] == 403
        assert fetch('/' + b + '/secret/c')[0] == 403 and fetch('/' + b)[0] == 403 and fetch('/')[0] == 403
        assert stranger.get_object(Bucket=b, Key='shared/b')['Body'].read() == b'shared/b'
        stranger.put_object(Bucket=b, Key='shared/new', Body=b'theirs')
        assert [o['Key'] for o in stranger.list_objects_v2(Bucket=b, Prefix='shared/')['Contents']] == ['shared/b', 'shared/new']
        assert code(stranger.list_objects_v2, Bucket=b) == 'AccessDenied'
        assert code(stranger.copy_object, Bucket=b, Key='shared/x', CopySource=b + '/secret/c') == 'AccessDenied'
        assert code(stranger.delete_object, Bucket=b, Key='shared/b') == 'AccessDenied'
        assert code(stranger.get_bucket_policy, Bucket=b) == 'AccessDenied'
        assert code(s3.delete_object, Bucket=b, Key='secret/c') == 'AccessDenied'
        result = s3.delete_objects(Bucket=b, Delete={'Objects': [{'Key': 'secret/c'}, {'Key': 'public/a'}]})
        assert [d['Key'] for d in result['Deleted']] == ['public/a'] and [e['Code'] for e in result['Errors']] == ['AccessDenied']
        assert json.loads(s3.get_bucket_policy(Bucket=b)['Policy'])['Statement'][0]['Effect'] == 'Allow'
        assert s3.get_bucket_policy_status(Bucket=b)['PolicyStatus']['IsPublic'] is True
        # Nobody can lock himself out.
        assert policy(b, statement('Deny', 's3:*', [arn, arn + '/*'])) == 'no error'
        assert code(s3.list_objects_v2, Bucket=b) == 'AccessDenied'
        s3.delete_bucket_policy(Bucket=b)
        assert s3.list_objects_v2(Bucket=b)['KeyCount'] == 3
        assert code(s3.get_bucket_policy, Bucket=b) == 'NoSuchBucketPolicy'
        """);

    [Fact]
    public Task What_a_policy_says_that_is_not_understood_is_refused() => store.PythonAsync(Prelude +
        """
        b = 'access-refused'
        arn = 'arn:aws:s3:::' + b
        s3.create_bucket(Bucket=b)
        assert code(s3.put_bucket_policy, Bucket=b, Policy='not json') == 'MalformedPolicy'
        assert code(s3.put_bucket_policy, Bucket=b, Policy='{}') == 'MalformedPolicy'
        for wrong in (statement('Maybe', 's3:*', arn), statement('Allow', 'lambda:*', arn), statement('Allow', 's3:*', 'arn:aws:s3:::other/*'), statement('Allow', 's3:*', arn + 'x'),
                statement('Allow', 's3:*', arn, {'Service': 'x'}), statement('Allow', 's3:*', arn, {'AWS': 'somebody'}), statement('Allow', 's3:*', arn, NotAction='s3:x'),
                statement('Allow', 's3:*', arn, Condition={'DateLessThan': {'aws:CurrentTime': '2030'}}), statement('Allow', 's3:*', arn, Condition={'IpAddress': {'aws:SourceIp': 'nowhere'}}),
                {'Effect': 'Allow', 'Action': 's3:*', 'Resource': arn}):
            assert policy(b, wrong) == 'MalformedPolicy', wrong
        assert policy(b, statement('Allow', 's3:GetObject', arn + '/*', Condition={'NotIpAddress': {'aws:SourceIp': '127.0.0.0/8'}})) == 'no error'
        s3.put_object(Bucket=b, Key='k', Body=b'')
        assert fetch('/' + b + '/k')[0] == 403
        assert policy(b, statement('Allow', 's3:GetObject', arn + '/*', Condition={'IpAddress': {'aws:SourceIp': ['127.0.0.1', '10.0.0.0/8']}, 'Bool': {'aws:SecureTransport': 'false'}})) == 'no error'
        assert fetch('/' + b + '/k')[0] == 200
        s3.put_public_access_block(Bucket=b, PublicAccessBlockConfiguration={'BlockPublicPolicy': True, 'RestrictPublicBuckets': True})
        assert s3.get_public_access_block(Bucket=b)['PublicAccessBlockConfiguration']['BlockPublicPolicy'] is True
        assert policy(b, statement('Allow', 's3:GetObject', arn + '/*')) == 'AccessDenied'
        s3.delete_public_access_block(Bucket=b)
        assert policy(b, statement('Allow', 's3:GetObject', arn + '/*')) == 'no error' and fetch('/' + b + '/k')[0] == 200
        s3.put_public_access_block(Bucket=b, PublicAccessBlockConfiguration={'RestrictPublicBuckets': True})
        assert fetch('/' + b + '/k')[0] == 403
        """);

    [Fact]
    public Task An_empty_version_id_names_the_current_object_and_needs_its_action() => store.PythonAsync(Prelude +
        """
        b = 'access-version'
        arn = 'arn:aws:s3:::' + b
        s3.create_bucket(Bucket=b)
        s3.put_object(Bucket=b, Key='k', Body=b'current')
        assert policy(b, statement('Allow', 's3:GetObjectVersion', arn + '/*')) == 'no error'
        assert fetch('/' + b + '/k?versionId=')[0] == 403 and fetch('/' + b + '/k?versionId=null')[0] == 200
        assert policy(b, statement('Allow', 's3:GetObject', arn + '/*')) == 'no error'
        assert fetch('/' + b + '/k?versionId=')[:2] == (200, b'current') and fetch('/' + b + '/k?versionId=null')[0] == 403
        """);

    [Fact]
    public Task Browsers_are_told_what_the_cors_configuration_allows() => store.PythonAsync(Prelude +
        """
        b = 'access-cors'
        s3.create_bucket(Bucket=b)
        preflight = lambda origin, method, headers=None: fetch('/' + b + '/k', 'OPTIONS', headers={
            **({'Origin': origin} if origin else {}), 'Access-Control-Request-Method': method, **({'Access-Control-Request-Headers': headers} if headers else {})})
        assert preflight('https://a.example', 'GET')[0] == 403
        s3.put_bucket_cors(Bucket=b, CORSConfiguration={'CORSRules': [
            {'AllowedOrigins': ['https://*.example'], 'AllowedMethods': ['GET', 'PUT'], 'AllowedHeaders': ['x-amz-*', 'Content-Type'], 'ExposeHeaders': ['ETag'], 'MaxAgeSeconds': 600},
            {'AllowedOrigins': ['*'], 'AllowedMethods': ['HEAD']}]})
        assert s3.get_bucket_cors(Bucket=b)['CORSRules'][0]['MaxAgeSeconds'] == 600
        status, _, headers = preflight('https://a.example', 'PUT', 'X-Amz-Date, content-type')
        assert status == 200 and headers['Access-Control-Allow-Origin'] == 'https://a.example' and headers['Access-Control-Allow-Methods'] == 'GET, PUT'
        assert headers['Access-Control-Allow-Headers'] == 'x-amz-date, content-type' and headers['Access-Control-Max-Age'] == '600' and headers['Access-Control-Expose-Headers'] == 'ETag'
        assert headers['Access-Control-Allow-Credentials'] == 'true' and 'Origin' in headers['Vary'] and headers['x-amz-request-id'] and headers['x-amz-id-2']
        assert preflight('https://a.other', 'PUT')[0] == 403 and preflight('https://a.example', 'DELETE')[0] == 403
        assert preflight('https://a.example', 'PUT', 'authorization')[0] == 403 and preflight(None, 'PUT')[0] == 400
        assert preflight('https://a.other', 'HEAD')[2]['Access-Control-Allow-Origin'] == '*'
        url = s3.generate_presigned_url('get_object', Params={'Bucket': b, 'Key': 'k'})[len(endpoint):]
        s3.put_object(Bucket=b, Key='k', Body=b'body')
        status, body, headers = fetch(url, headers={'Origin': 'https://a.example'})
        assert (status, body, headers['Access-Control-Allow-Origin']) == (200, b'body', 'https://a.example')
        assert fetch(url, headers={'Origin': 'https://a.other'})[2]['Access-Control-Allow-Origin'] is None
        assert fetch('/' + b + '/k', headers={'Origin': 'https://a.example'})[2]['Access-Control-Allow-Origin'] == 'https://a.example'
        assert code(s3.put_bucket_cors, Bucket=b, CORSConfiguration={'CORSRules': [{'AllowedOrigins': ['*'], 'AllowedMethods': ['PATCH']}]}) == 'InvalidRequest'
        assert code(s3.put_bucket_cors, Bucket=b, CORSConfiguration={'CORSRules': [{'AllowedOrigins': ['*.*'], 'AllowedMethods': ['GET']}]}) == 'InvalidRequest'
        s3.delete_bucket_cors(Bucket=b)
        assert code(s3.get_bucket_cors, Bucket=b) == 'NoSuchCORSConfiguration' and preflight('https://a.example', 'GET')[0] == 403
        """);
}
