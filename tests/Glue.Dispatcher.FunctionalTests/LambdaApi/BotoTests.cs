namespace Glue.Dispatcher.FunctionalTests.LambdaApi;

/// <summary>What boto3's own client makes of the answers.</summary>
public sealed class BotoTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Boto_pages_through_functions_invokes_in_every_way_and_reads_errors_as_its_own_exceptions()
    {
        var script = $$"""
            import io, zipfile
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, 'w') as z: z.writestr('bootstrap', '#!/bin/sh\n')
            def make(name): return client.create_function(FunctionName=name, Runtime='provided.al2023', Handler='x', Role='{{DispatcherServer.Role}}', Code={'ZipFile': buffer.getvalue()}, Tags={'n': name})
            for i in range(7): make(f'boto{i}')
            client.get_waiter('function_active_v2').wait(FunctionName='boto0')
            names = [f['FunctionName'] for page in client.get_paginator('list_functions').paginate(PaginationConfig={'PageSize': 3}) for f in page['Functions']]
            assert names == sorted(names) and set(f'boto{i}' for i in range(7)) <= set(names), names

            r = client.invoke(FunctionName='boto0', Payload=b'{"a": 1}', LogType='Tail', ClientContext='e30=')
            assert (r['StatusCode'], r['ExecutedVersion'], r['Payload'].read()) == (200, '$LATEST', b'{"a": 1}'), r
            assert 'FunctionError' not in r and 'LogResult' in r
            assert client.invoke(FunctionName='boto0')['Payload'].read() == b'{}'
            assert client.invoke(FunctionName='boto0', InvocationType='Event')['StatusCode'] == 202
            assert client.invoke(FunctionName='boto0', InvocationType='DryRun', Qualifier='$LATEST')['StatusCode'] == 204
            arn = client.get_function(FunctionName='boto0')['Configuration']['FunctionArn']
            assert client.invoke(FunctionName=arn + ':$LATEST')['StatusCode'] == 200
            assert client.invoke(FunctionName='000000000000:function:boto0')['StatusCode'] == 200

            client.tag_resource(Resource=arn, Tags={'team': 'a', 'x': 'y'})
            client.untag_resource(Resource=arn, TagKeys=['x', 'n'])
            assert client.list_tags(Resource=arn)['Tags'] == {'team': 'a'}
            assert 'ReservedConcurrentExecutions' not in client.get_function_concurrency(FunctionName='boto0')
            assert client.get_function_code_signing_config(FunctionName='boto0')['FunctionName'] == 'boto0'
            assert [v['Version'] for v in client.list_versions_by_function(FunctionName='boto0')['Versions']] == ['$LATEST']
            assert client.get_account_settings()['AccountLimit']['ConcurrentExecutions'] == 1000

            def fails(kind, call, **args):
                try: call(**args)
                except kind as e: return e.response
                raise AssertionError(f'{call} did not raise {kind}')
            x = client.exceptions
            assert fails(x.ResourceConflictException, make, name='boto0')['ResponseMetadata']['HTTPStatusCode'] == 409
            assert 'Function not found' in fails(x.ResourceNotFoundException, client.get_function, FunctionName='none')['Error']['Message']
            fails(x.InvalidParameterValueException, client.update_function_code, FunctionName='boto0', ZipFile=b'no zip')
            fails(x.PreconditionFailedException, client.update_function_configuration, FunctionName='boto0', RevisionId='old')
            fails(x.InvalidRequestContentException, client.invoke, FunctionName='boto0', Payload=b'{')
            dry = client.update_function_code(FunctionName='boto0', ZipFile=buffer.getvalue(), DryRun=True)
            now = client.get_function_configuration(FunctionName='boto0')
            assert dry['RevisionId'] != now['RevisionId'] and dry['CodeSha256'] == now['CodeSha256']
            for i in range(7): assert client.delete_function(FunctionName=f'boto{i}')['ResponseMetadata']['HTTPStatusCode'] == 204
            print('good')
            """;
        Assert.Equal("good\n", (await shared.Server.BotoAsync(script)).Expect());
    }

    [Fact]
    public async Task Boto_adds_reads_and_removes_permissions()
    {
        var script = """
            f = dict(FunctionName='fixed')
            x = client.exceptions
            try: client.get_policy(**f); raise AssertionError
            except x.ResourceNotFoundException: pass
            s = dict(StatementId='s3', Action='lambda:InvokeFunction', Principal='s3.amazonaws.com', SourceArn='arn:aws:s3:::pictures', SourceAccount='000000000000')
            before = client.get_function_configuration(**f)['RevisionId']
            made = json.loads(client.add_permission(**f, **s)['Statement'])
            assert made == {'Sid': 's3', 'Effect': 'Allow', 'Principal': {'Service': 's3.amazonaws.com'}, 'Action': 'lambda:InvokeFunction',
                'Resource': 'arn:aws:lambda:us-east-1:000000000000:function:fixed',
                'Condition': {'StringEquals': {'AWS:SourceAccount': '000000000000'}, 'ArnLike': {'AWS:SourceArn': 'arn:aws:s3:::pictures'}}}, made
            assert client.get_function_configuration(**f)['RevisionId'] == before
            try: client.add_permission(**f, **s); raise AssertionError
            except x.ResourceConflictException: pass
            client.add_permission(**f, StatementId='acc', Action='lambda:*', Principal='123456789012')
            got = client.get_policy(**f)
            policy = json.loads(got['Policy'])
            assert [t['Sid'] for t in policy['Statement']] == ['s3', 'acc'] and policy['Version'] == '2012-10-17'
            assert policy['Statement'][1]['Principal'] == {'AWS': 'arn:aws:iam::123456789012:root'}
            try: client.remove_permission(**f, StatementId='acc', RevisionId='old'); raise AssertionError
            except x.PreconditionFailedException: pass
            client.remove_permission(**f, StatementId='acc', RevisionId=got['RevisionId'])
            try: client.remove_permission(**f, StatementId='acc'); raise AssertionError
            except x.ResourceNotFoundException: pass
            try:
                for i in range(200): client.add_permission(**f, StatementId=f'many{i}', Action='lambda:InvokeFunction', Principal='s3.amazonaws.com')
                raise AssertionError
            except x.PolicyLengthExceededException: pass
            print('good')
            """;
        Assert.Equal("good\n", (await shared.Server.BotoAsync(script)).Expect());
    }
}
