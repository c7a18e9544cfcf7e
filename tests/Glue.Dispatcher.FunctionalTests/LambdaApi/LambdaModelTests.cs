namespace Glue.Dispatcher.FunctionalTests.LambdaApi;

/// <summary>Every operation of AWS's own model against this server and against docs/lambda-api.md.</summary>
public sealed class LambdaModelTests
{
    [Fact]
    public async Task Every_operation_does_what_the_documentation_says_answers_in_AWS_shapes_and_never_fails_on_our_side()
    {
        using var folder = new TempFolder();
        await using var server = await DispatcherServer.StartAsync(folder);
        var documentation = Path.Combine(Repository.Root, "docs", "lambda-api.md");
        Assert.Equal("good\n", (await server.BotoAsync(VersionTests.Helpers + $$$"""
            import re, botocore.config
            documented = {}
            for line in open('{{{documentation}}}', encoding='utf-8'):
                row = re.match(r'\| ([A-Z][A-Za-z, ]+) \| (works|differs|absent) \|', line)
                for action in row[1].split(', ') if row else []:
                    assert action not in documented, f'{action} is there twice'
                    documented[action] = row[2]
            model = client.meta.service_model
            missing = set(model.operation_names) - set(documented)
            assert not missing, f'not in the documentation: {missing}'

            client = boto3.client('lambda', endpoint_url='{{{server.Endpoint}}}', config=botocore.config.Config(parameter_validation=False))
            bodies = []
            client.meta.events.register('after-call.lambda.*', lambda http_response, model, **_: bodies.append(b'' if model.has_streaming_output or model.has_event_stream_output else http_response.content))
            zip = code('x')
            made = make('walk', Publish=True)
            client.create_alias(FunctionName='walk', Name='live', FunctionVersion='1')
            client.publish_layer_version(LayerName='walk', Content={'ZipFile': zip})
            source = dict(Topics=['walk'], StartingPosition='LATEST', Enabled=False, SelfManagedEventSource={'Endpoints': {'KAFKA_BOOTSTRAP_SERVERS': ['127.0.0.1:1']}})
            mapping = client.create_event_source_mapping(FunctionName='walk', **source)
            given = {
                'UUID': mapping['UUID'],
                'FunctionName': 'walk', 'Qualifier': 'live', 'Name': 'second', 'FunctionVersion': '1', 'Role': made['Role'], 'Resource': made['FunctionArn'], 'Tags': {'a': 'b'},
                'TagKeys': ['a'], 'StatementId': 's', 'Action': 'lambda:InvokeFunction', 'Principal': 's3.amazonaws.com', 'InvokeArgs': b'{}', 'ReservedConcurrentExecutions': 10,
                'ProvisionedConcurrentExecutions': 1, 'LayerName': 'walk', 'VersionNumber': 1, 'Content': {'ZipFile': zip}, 'ZipFile': zip, 'Arn': 'arn:aws:lambda:us-east-1:000000000000:layer:walk:1',
                'RecursiveLoop': 'Allow', 'UpdateRuntimeOn': 'Auto', 'Runtime': 'provided.al2023', 'Handler': 'h', 'Code': {'ZipFile': zip}, 'MaximumRetryAttempts': 1, 'Payload': b'1', 'AuthType': 'NONE',
            }
            wanted_beyond = {'UpdateFunctionCode': ['ZipFile'], 'CreateFunction': ['Runtime', 'Handler'], 'PutFunctionEventInvokeConfig': ['MaximumRetryAttempts'], 'UpdateFunctionEventInvokeConfig': ['MaximumRetryAttempts']}
            layer_permission = {'StatementId': 's', 'Action': 'lambda:GetLayerVersion', 'Principal': '*'}
            special = {'AddLayerVersionPermission': layer_permission, 'CreateFunction': {'FunctionName': 'walk2'}, 'GetAlias': {'Name': 'live'}, 'UpdateAlias': {'Name': 'live'}, 'DeleteFunction': {'FunctionName': 'walk2'},
                'CreateEventSourceMapping': source | {'Topics': ['walk2']}}

            def value(name, shape):
                if name in given: return given[name]
                return {'string': 'x', 'integer': 1, 'long': 1, 'boolean': True, 'blob': b'x', 'double': 0.5, 'timestamp': 0,
                    'list': ['x'], 'map': {'x': 'y'}}.get(shape.type_name) or {n: value(n, shape.members[n]) for n in shape.required_members}

            def unknown_keys(body, shape, path=''):
                if shape.type_name == 'structure' and isinstance(body, dict):
                    names = {m.serialization.get('name', n): m for n, m in shape.members.items()}
                    for key, inner in body.items():
                        if key in ('LoggingConfig', 'RuntimeVersionConfig', 'EventSourceMappingArn', 'InvokeMode'): continue # newer than the distribution's botocore
                        if key not in names: yield f'{path}.{key}'
                        else: yield from unknown_keys(inner, names[key], f'{path}.{key}')
                elif shape.type_name == 'list':
                    for inner in body: yield from unknown_keys(inner, shape.member, path + '[]')

            # Makers first, then readers, then whatever takes away.
            order = lambda name: (name.startswith('Delete'), name.startswith(('Remove', 'Untag')), not name.startswith(('Create', 'Put', 'Publish', 'Add')), name)
            wrong, compared = [], 0
            for name in sorted(model.operation_names, key=order):
                operation = model.operation_model(name)
                members = operation.input_shape.members if operation.input_shape else {}
                names = list(operation.input_shape.required_members if operation.input_shape else []) + wanted_beyond.get(name, [])
                arguments = {n: value(n, members[n]) for n in names} | special.get(name, {})
                bodies.clear()
                try:
                    answer = getattr(client, botocore.xform_name(name))(**arguments)
                    status, error, said = answer['ResponseMetadata']['HTTPStatusCode'], None, answer
                except client.exceptions.ClientError as e:
                    status, error, said = e.response['ResponseMetadata']['HTTPStatusCode'], e.response['Error']['Code'], e
                is_absent = (status, error) == (404, 'UnknownOperationException')
                if is_absent != (documented[name] == 'absent') or status >= 500 or (error and not is_absent):
                    wrong.append(f'{name}: {status} {error} {said}, documented as {documented[name]}')
                elif not error:
                    body = bodies[-1]
                    if operation.http.get('responseCode', 200) != status and name != 'DeleteFunction': wrong.append(f'{name}: status {status}')
                    if body:
                        compared += 1
                        wrong += [f'{name}: {key} is not in its shape' for key in unknown_keys(json.loads(body), operation.output_shape)]
            assert not wrong, '\n' + '\n'.join(wrong)
            assert compared >= 30, f'only {compared} answers were compared with their shapes'
            print('good')
            """)).Expect());
    }
}
