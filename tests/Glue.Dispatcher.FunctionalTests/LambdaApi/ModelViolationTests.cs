namespace Glue.Dispatcher.FunctionalTests.LambdaApi;

/// <summary>Bad input, derived from AWS's own model: for every operation and every field what breaks its range, length, pattern, values or presence.</summary>
public sealed class ModelViolationTests
{
    [Fact]
    public async Task Whatever_breaks_the_model_is_refused_as_AWS_does_and_never_fails_on_our_side()
    {
        using var folder = new TempFolder();
        await using var server = await DispatcherServer.StartAsync(folder);
        var output = (await server.BotoAsync(VersionTests.Helpers + $$$"""
            import copy, re, botocore.config
            client = boto3.client('lambda', endpoint_url='{{{server.Endpoint}}}', config=botocore.config.Config(parameter_validation=False, retries={'max_attempts': 0}))
            model = client.meta.service_model
            documented = {}
            for line in open('{{{Path.Combine(Repository.Root, "docs", "lambda-api.md")}}}', encoding='utf-8'):
                row = re.match(r'\| ([A-Z][A-Za-z, ]+) \| (works|differs|absent) \|', line)
                for action in row[1].split(', ') if row else []: documented[action] = row[2]

            zip = code('x')
            made = make('walk', Publish=True)
            client.create_alias(FunctionName='walk', Name='live', FunctionVersion='1')
            client.publish_layer_version(LayerName='walk', Content={'ZipFile': zip})
            source = dict(Topics=['walk'], StartingPosition='LATEST', Enabled=False, SelfManagedEventSource={'Endpoints': {'KAFKA_BOOTSTRAP_SERVERS': ['127.0.0.1:1']}})
            mapping = client.create_event_source_mapping(FunctionName='walk', **source)

            # What each operation is called with when nothing is wrong, beside the fields that are broken one at a time.
            given = {
                'FunctionName': 'walk', 'Qualifier': 'live', 'Name': 'live', 'FunctionVersion': '1', 'Role': made['Role'], 'Resource': made['FunctionArn'], 'Tags': {'a': 'b'}, 'UUID': mapping['UUID'],
                'TagKeys': ['a'], 'StatementId': 's', 'Action': 'lambda:InvokeFunction', 'Principal': 's3.amazonaws.com', 'ReservedConcurrentExecutions': 10, 'AuthType': 'NONE',
                'ProvisionedConcurrentExecutions': 1, 'LayerName': 'walk', 'VersionNumber': 1, 'Content': {'ZipFile': zip}, 'ZipFile': zip, 'Arn': 'arn:aws:lambda:us-east-1:000000000000:layer:walk:1',
                'RecursiveLoop': 'Allow', 'UpdateRuntimeOn': 'Auto', 'Runtime': 'provided.al2023', 'Handler': 'h', 'Code': {'ZipFile': zip}, 'InvokeArgs': b'{}', **source,
            }
            special = {'AddLayerVersionPermission': {'Action': 'lambda:GetLayerVersion', 'Principal': '*'}, 'CreateFunction': {'FunctionName': 'walk2'},
                'CreateEventSourceMapping': source, 'CreateAlias': {'Name': 'second'}}
            beyond = {'CreateFunction': ['Runtime', 'Handler'], 'UpdateFunctionCode': ['ZipFile']}

            # MasterRegion is not read and no cluster has an ARN (docs/lambda-api.md); names of runtimes come and go: a layer may name any.
            unread = {'ListFunctions.MasterRegion', 'ListEventSourceMappings.EventSourceArn', 'ListLayers.CompatibleRuntime', 'ListLayerVersions.CompatibleRuntime', 'PublishLayerVersion.CompatibleRuntimes'}

            def violations(shape):
                kind, meta = shape.type_name, shape.metadata
                if kind == 'string':
                    if 'enum' in meta: yield 'enum', 'NO_SUCH_VALUE'
                    if meta.get('max', 10**6) < 5000: yield 'length', 'a' * (meta['max'] + 1)
                    if 'pattern' in meta:
                        wrong = next((text for text in ['\u00e4 \n!', 'no pattern!', ' '] if not re.fullmatch(meta['pattern'], text)), None)
                        if wrong is not None: yield 'pattern', wrong
                elif kind in ('integer', 'long'):
                    if 'min' in meta and shape.name != 'ProvisionedConcurrentExecutions': yield 'min', meta['min'] - 1
                    if 'max' in meta: yield 'max', meta['max'] + 1
                elif kind == 'list':
                    if 'max' in meta and meta['max'] < 100:
                        item = next(iter(shape.member.metadata.get('enum', [])), 'abcdef')
                        yield 'items', [item if shape.member.type_name == 'string' else {}] * (meta['max'] + 1)
                    if shape.member.type_name != 'structure':
                        for what, value in violations(shape.member): yield 'item ' + what, [value]
                if kind not in ('string', 'list'): yield 'type', 'no such type' if kind != 'blob' else 7

            def places(shape, path=()):
                for name, member in shape.members.items():
                    location = member.serialization.get('location')
                    yield path + (name,), member, location
                    if member.type_name == 'structure' and location is None: yield from places(member, path + (name,))

            def put(arguments, path, value):
                for name in path[:-1]: arguments = arguments.setdefault(name, {})
                arguments[path[-1]] = value

            def call(name, arguments):
                try:
                    answer = getattr(client, botocore.xform_name(name))(**arguments)
                    return answer['ResponseMetadata']['HTTPStatusCode'], None, ''
                except client.exceptions.ClientError as e:
                    return e.response['ResponseMetadata']['HTTPStatusCode'], e.response['Error']['Code'], e.response['Error']['Message']

            fine = {'ValidationException', 'InvalidParameterValueException', 'InvalidRequestContentException', 'SerializationException', 'RequestEntityTooLargeException', 'CodeStorageExceededException'}
            wrong, tried = [], 0
            for name in sorted(model.operation_names):
                if documented.get(name, 'absent') == 'absent': continue
                operation = model.operation_model(name)
                shape = operation.input_shape
                if shape is None: continue
                required = list(shape.required_members) + beyond.get(name, [])
                valid = {n: copy.deepcopy(given[n]) for n in required if n in given} | special.get(name, {})
                for path, member, location in places(shape):
                    at = f"{name}.{'.'.join(path)}"
                    if at in unread or member.serialization.get('streaming') or path[0] == shape.serialization.get('payload'): continue
                    cases = [(what, value) for what, value in violations(member) if location is None or isinstance(value, (str, int))]
                    if location is None and path[-1] in required and len(path) == 1: cases.append(('missing', None))
                    for what, value in cases:
                        arguments = copy.deepcopy(valid)
                        if what == 'missing': arguments.pop(path[0], None)
                        else: put(arguments, path, value)
                        try: status, error, message = call(name, arguments)
                        except Exception as e: continue # botocore itself cannot put it into a request
                        tried += 1
                        if status >= 500 or not (status in (400, 413) and error in fine): wrong.append(f'{at}: {what} {str(value)[:40]!r} was answered {status} {error} {message[:80]}')
            print(f'{tried} violations, {len(wrong)} not refused')
            print('\n'.join(wrong))
            """)).Expect();
        Assert.True(System.Text.RegularExpressions.Regex.IsMatch(output, @"\A[0-9]{3,} violations, 0 not refused\n"), output);
    }
}
