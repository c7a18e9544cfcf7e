namespace Glue.Host.FunctionalTests;

/// <summary>Versions, aliases, layers and provisioned concurrency through the whole stack.</summary>
[Collection(SharedStackCollection.Name)]
public sealed class VersionTests(SharedStack shared)
{
    private const string Helpers = """
        import io, time, zipfile
        def code(**files):
                buffer = io.BytesIO()
                with zipfile.ZipFile(buffer, 'w') as z:
                    for name, text in files.items(): z.writestr(name.replace('__', '/').replace('_py', '.py'), text)
                return buffer.getvalue()
        def make(name, text, **more): return client.create_function(FunctionName=name, Runtime='python3.11', Handler='app.handler', Timeout=30, MemorySize=256,
            Role='arn:aws:iam::000000000000:role/any', **{'Code': {'ZipFile': code(app_py=text)}, **more})

        """;

    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task A_rule_that_names_an_alias_runs_its_version_with_code_from_a_bucket_and_a_layer_until_the_alias_moves()
    {
        Assert.Equal("['1 tool', '2 tool']\n", await _stack.BotoAsync(Helpers + """
            for bucket in ['packages', 'watched', 'answers']: s3.create_bucket(Bucket=bucket)
            app = '''
            import boto3, os, tool
            s3 = boto3.client('s3')
            def handler(event, context):
                key = event['Records'][0]['s3']['object']['key']
                assert context.invoked_function_arn.endswith(':versioned:live')
                s3.put_object(Bucket='answers', Key=key, Body=f"{context.function_version} {tool.NAME}".encode())
            '''
            s3.put_object(Bucket='packages', Key='code/app v1.zip', Body=code(app_py=app))
            layer = client.publish_layer_version(LayerName='tool', Content={'ZipFile': code(python__tool_py="NAME = 'tool'")})['LayerVersionArn']
            f = dict(FunctionName='versioned')
            arn = make('versioned', '', Code={'S3Bucket': 'packages', 'S3Key': 'code/app v1.zip'}, Layers=[layer], Publish=True)['FunctionArn']
            try:
                client.update_function_code(**f, S3Bucket='packages', S3Key='none')
                raise AssertionError
            except client.exceptions.InvalidParameterValueException as e:
                assert 'S3 Error Code: NoSuchKey' in str(e), e
            client.create_alias(**f, Name='live', FunctionVersion='1')
            rule = {'LambdaFunctionConfigurations': [{'LambdaFunctionArn': arn + ':live', 'Events': ['s3:ObjectCreated:*']}]}
            client.add_permission(**f, StatementId='unqualified', Action='lambda:InvokeFunction', Principal='s3.amazonaws.com')
            try:
                s3.put_bucket_notification_configuration(Bucket='watched', NotificationConfiguration=rule)
                raise AssertionError
            except s3.exceptions.ClientError as e:
                assert 'S3 may not invoke' in str(e), e
            client.add_permission(**f, Qualifier='live', StatementId='s3', Action='lambda:InvokeFunction', Principal='s3.amazonaws.com')
            s3.put_bucket_notification_configuration(Bucket='watched', NotificationConfiguration=rule)
            def answer(key):
                s3.put_object(Bucket='watched', Key=key, Body=b'x')
                for _ in range(600):
                    try: return s3.get_object(Bucket='answers', Key=key)['Body'].read().decode()
                    except s3.exceptions.NoSuchKey: time.sleep(0.1)
            first = answer('one')
            client.update_function_configuration(**f, Description='changed')
            client.publish_version(**f)
            client.update_alias(**f, Name='live', FunctionVersion='2')
            print([first, answer('two')])
            """));
    }

    [Fact]
    public async Task Code_may_be_an_older_version_of_an_object()
    {
        Assert.Equal("old new\n", await _stack.BotoAsync(Helpers + """
            s3.create_bucket(Bucket='versioned-packages')
            s3.put_bucket_versioning(Bucket='versioned-packages', VersioningConfiguration={'Status': 'Enabled'})
            put = lambda text: s3.put_object(Bucket='versioned-packages', Key='app.zip', Body=code(app_py=f"def handler(event, context): return '{text}'"))['VersionId']
            old, new = put('old'), put('new')
            f = dict(FunctionName='of_version')
            answer = lambda: json.load(client.invoke(**f)['Payload'])
            make('of_version', '', Code={'S3Bucket': 'versioned-packages', 'S3Key': 'app.zip', 'S3ObjectVersion': old})
            first = answer()
            client.update_function_code(**f, S3Bucket='versioned-packages', S3Key='app.zip')
            for version, error in (('0000000000000001', 'NoSuchVersion'), ('nonsense', 'InvalidArgument')):
                try:
                    client.update_function_code(**f, S3Bucket='versioned-packages', S3Key='app.zip', S3ObjectVersion=version)
                    raise AssertionError
                except client.exceptions.InvalidParameterValueException as e:
                    assert f'S3 Error Code: {error}' in str(e), e
            print(first, answer())
            """));
    }

    [Fact]
    public async Task Provisioned_sandboxes_serve_the_first_call_and_come_back_after_a_restart_without_any()
    {
        const string ready = """
            def until_ready():
                for _ in range(600):
                    config = client.get_provisioned_concurrency_config(FunctionName='warm', Qualifier='live')
                    if config['Status'] == 'READY': return config['AvailableProvisionedConcurrentExecutions']
                    assert config['Status'] == 'IN_PROGRESS', config
                    time.sleep(0.1)
                raise AssertionError(config)
            print(until_ready(), json.load(client.invoke(FunctionName='warm', Qualifier='live')['Payload']))

            """;
        using var folder = new TempFolder();
        await using (var stack = await Stack.StartAsync(folder["data"]))
        {
            Assert.Equal("2 provisioned-concurrency\n", await stack.BotoAsync(Helpers + """
                make('warm', "import os\ndef handler(event, context): return os.environ['AWS_LAMBDA_INITIALIZATION_TYPE']", Publish=True)
                client.create_alias(FunctionName='warm', Name='live', FunctionVersion='1')
                client.put_provisioned_concurrency_config(FunctionName='warm', Qualifier='live', ProvisionedConcurrentExecutions=2)

                """ + ready));
        }

        await using (var stack = await Stack.StartAsync(folder["data"]))
        {
            Assert.Equal("2 provisioned-concurrency\n", await stack.BotoAsync(Helpers + ready));
        }
    }
}
