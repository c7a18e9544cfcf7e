namespace Glue.Dispatcher.FunctionalTests.LambdaApi;

/// <summary>
/// The calls that Terraform's AWS provider makes for its Lambda resources, in its order, and what it reads from the answers (hashicorp/terraform-provider-aws,
/// internal/service/lambda, read 2026-11): a plan right after an apply must find nothing to change.
/// </summary>
public sealed class TerraformSequenceTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Function_alias_permission_mapping_and_layer_are_made_read_changed_and_destroyed()
    {
        var result = await shared.Server.BotoAsync(VersionTests.Helpers + """
            f = dict(FunctionName='tf')
            # aws_lambda_layer_version
            layer = client.publish_layer_version(LayerName='tf', Content={'ZipFile': code('l')}, CompatibleRuntimes=['python3.11'])
            read = client.get_layer_version(LayerName='tf', VersionNumber=layer['Version'])
            assert (read['LayerVersionArn'], read['Content']['CodeSha256'], read['CompatibleRuntimes']) == (layer['LayerVersionArn'], layer['Content']['CodeSha256'], ['python3.11'])

            # aws_lambda_function: create, wait, then read all that a plan compares.
            make('tf', Layers=[layer['LayerVersionArn']], Tags={'team': 'x'}, Environment={'Variables': {'AB': '1'}}, Timeout=7, MemorySize=256, Publish=True, TracingConfig={'Mode': 'PassThrough'})
            refused(x.ResourceConflictException, 'already exist', client.create_function, FunctionName='tf', Runtime='provided.al2023', Handler='h', Role='arn:aws:iam::000000000000:role/r', Code={'ZipFile': code('1')})
            client.get_waiter('function_active_v2').wait(**f)
            client.put_function_concurrency(**f, ReservedConcurrentExecutions=5)
            def read():
                got = client.get_function(**f)
                assert got['Concurrency']['ReservedConcurrentExecutions'] == 5 and got['Tags'] == {'team': 'x'} and got['Code']['RepositoryType'] == 'S3'
                c = got['Configuration']
                assert (c['State'], c['LastUpdateStatus'], c['PackageType'], c['Architectures'], c['EphemeralStorage'], c['TracingConfig']) == \
                    ('Active', 'Successful', 'Zip', c['Architectures'], {'Size': 512}, {'Mode': 'PassThrough'}), c
                assert c['Version'] == '$LATEST' and [l['Arn'] for l in c['Layers']] == [layer['LayerVersionArn']]
                assert 'CodeSigningConfigArn' not in client.get_function_code_signing_config(**f) or client.get_function_code_signing_config(**f)['CodeSigningConfigArn'] == ''
                versions = [v for page in client.get_paginator('list_versions_by_function').paginate(**f) for v in page['Versions']]
                return c, versions[-1]
            configuration, last = read()
            assert last['Version'] == '1' and last['FunctionArn'] == configuration['FunctionArn'] + ':1'
            assert read()[0] == configuration  # nothing moves by being looked at

            # An update: configuration, wait, code, wait, publish.
            client.update_function_configuration(**f, Timeout=9, Environment={'Variables': {'AB': '2'}}, Layers=[layer['LayerVersionArn']])
            client.get_waiter('function_updated_v2').wait(**f)
            client.update_function_code(**f, ZipFile=code('2'))
            client.get_waiter('function_updated_v2').wait(**f)
            assert client.publish_version(**f)['Version'] == '2' and read()[1]['Version'] == '2'

            # aws_lambda_alias
            client.create_alias(**f, Name='live', FunctionVersion='1', Description='', RoutingConfig={'AdditionalVersionWeights': {'2': 0.25}})
            alias = client.get_alias(**f, Name='live')
            assert alias['RoutingConfig']['AdditionalVersionWeights'] == {'2': 0.25} and alias['AliasArn'] == configuration['FunctionArn'] + ':live'
            client.update_alias(**f, Name='live', FunctionVersion='2', Description='', RoutingConfig={})
            assert not client.get_alias(**f, Name='live').get('RoutingConfig', {}).get('AdditionalVersionWeights')

            # aws_lambda_permission: it looks for its statement in the policy, with and without a qualifier, and takes 404 for gone.
            for extra in [{}, {'Qualifier': 'live'}]:
                refused(x.ResourceNotFoundException, '', client.get_policy, **f, **extra)
                client.add_permission(**f, **extra, StatementId='tf-1', Action='lambda:InvokeFunction', Principal='s3.amazonaws.com', SourceArn='arn:aws:s3:::b')
                refused(x.ResourceConflictException, 'tf-1', client.add_permission, **f, **extra, StatementId='tf-1', Action='lambda:InvokeFunction', Principal='s3.amazonaws.com')
                policy = json.loads(client.get_policy(**f, **extra)['Policy'])
                statement, = [s for s in policy['Statement'] if s['Sid'] == 'tf-1']
                assert statement['Action'] == 'lambda:InvokeFunction' and statement['Principal'] == {'Service': 's3.amazonaws.com'} and statement['Condition']['ArnLike']['AWS:SourceArn'] == 'arn:aws:s3:::b'
                assert statement['Resource'] == configuration['FunctionArn'] + (':live' if extra else '')
                client.remove_permission(**f, **extra, StatementId='tf-1')
                refused(x.ResourceNotFoundException, 'tf-1', client.remove_permission, **f, **extra, StatementId='tf-1')

            # aws_lambda_event_source_mapping: it waits for the state.
            import time
            def state(uuid, *wanted):
                for _ in range(3000):
                    got = client.get_event_source_mapping(UUID=uuid)
                    if got['State'] in wanted: return got
                    assert got['State'] in ('Creating', 'Enabling', 'Disabling', 'Updating', 'Deleting'), got
                    time.sleep(0.02)
                raise AssertionError(got)
            mapping = client.create_event_source_mapping(FunctionName=configuration['FunctionArn'], Topics=['tf-topic'], StartingPosition='TRIM_HORIZON', Enabled=False,
                SelfManagedEventSource={'Endpoints': {'KAFKA_BOOTSTRAP_SERVERS': ['127.0.0.1:1']}}, SelfManagedKafkaEventSourceConfig={'ConsumerGroupId': 'tf'})
            got = state(mapping['UUID'], 'Enabled', 'Disabled')
            assert (got['FunctionArn'], got['BatchSize'], got['Topics'], got['MaximumRetryAttempts']) == (configuration['FunctionArn'], 100, ['tf-topic'], -1), got
            client.update_event_source_mapping(UUID=mapping['UUID'], FunctionName='tf', BatchSize=50, Enabled=False)
            assert state(mapping['UUID'], 'Enabled', 'Disabled')['BatchSize'] == 50

            # Destroyed in the reverse order; what is gone already is no failure.
            client.delete_event_source_mapping(UUID=mapping['UUID'])
            try: state(mapping['UUID'], 'Deleted')
            except x.ResourceNotFoundException: pass
            client.delete_alias(**f, Name='live')
            client.delete_alias(**f, Name='live')
            client.delete_function(**f)
            refused(x.ResourceNotFoundException, 'Function not found', client.delete_function, **f)
            refused(x.ResourceNotFoundException, 'Function not found', client.get_function, **f)
            client.delete_layer_version(LayerName='tf', VersionNumber=layer['Version'])
            refused(x.ResourceNotFoundException, '', client.get_layer_version, LayerName='tf', VersionNumber=layer['Version'])
            print('good')
            """);
        Assert.Equal("good\n", result.Expect());
    }
}
