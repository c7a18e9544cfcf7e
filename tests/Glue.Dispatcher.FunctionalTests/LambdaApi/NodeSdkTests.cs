namespace Glue.Dispatcher.FunctionalTests.LambdaApi;

/// <summary><c>@aws-sdk/client-lambda</c>, from npm.</summary>
public sealed class NodeSdkTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Helpers =
        """
        import * as aws from '@aws-sdk/client-lambda';
        const { ENDPOINT: endpoint, ZIP, ZIP2 } = process.env;
        const lambda = new aws.LambdaClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: process.env.ACCESS, secretAccessKey: process.env.SECRET }, maxAttempts: 1 });
        const send = (name, input) => lambda.send(new aws[name + 'Command'](input));
        const fails = async (code, status, name, input) => assert.rejects(send(name, input), e => {
          assert.equal(e.name, code); assert.equal(e.$metadata.httpStatusCode, status); assert.ok(e instanceof aws.LambdaServiceException && e.message); return true; });
        const zip = Buffer.from(ZIP, 'base64'), zip2 = Buffer.from(ZIP2, 'base64'), Role = 'arn:aws:iam::000000000000:role/r';
        const create = (FunctionName, more) => send('CreateFunction', { FunctionName, Runtime: 'provided.al2023', Handler: 'h', Role, Code: { ZipFile: zip }, ...more });
        const text = bytes => Buffer.from(bytes).toString();

        """;

    [Fact]
    public Task It_makes_reads_changes_waits_for_calls_and_deletes_functions() => RunAsync("""
        const made = await create('n1', { Environment: { Variables: { AB: '1' } }, Tags: { team: 'x' }, Publish: true });
        assert.equal(made.Version, '1');
        await aws.waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60 }, { FunctionName: 'n1' });
        await aws.waitUntilFunctionExists({ client: lambda, maxWaitTime: 60 }, { FunctionName: 'n1' });
        const got = await send('GetFunction', { FunctionName: 'n1' });
        assert.deepEqual([got.Tags.team, got.Configuration.State, got.Configuration.Environment.Variables.AB], ['x', 'Active', '1']);
        assert.ok((await fetch(got.Code.Location)).ok);
        const updated = await send('UpdateFunctionConfiguration', { FunctionName: 'n1', MemorySize: 256, RevisionId: got.Configuration.RevisionId });
        await aws.waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 60 }, { FunctionName: 'n1' });
        await fails('PreconditionFailedException', 412, 'UpdateFunctionCode', { FunctionName: 'n1', ZipFile: zip2, RevisionId: got.Configuration.RevisionId });
        const code = await send('UpdateFunctionCode', { FunctionName: 'n1', ZipFile: zip2 });
        assert.notEqual(code.CodeSha256, made.CodeSha256);
        const run = await send('Invoke', { FunctionName: 'n1', Payload: JSON.stringify({ a: 'ü' }), LogType: 'Tail' });
        assert.deepEqual([run.StatusCode, run.ExecutedVersion, text(run.Payload), run.FunctionError], [200, '$LATEST', '{"a":"ü"}', undefined]);
        assert.match(Buffer.from(run.LogResult, 'base64').toString(), /START RequestId/);
        assert.equal((await send('Invoke', { FunctionName: 'n1', InvocationType: 'Event', Payload: '{}' })).StatusCode, 202);
        assert.equal((await send('Invoke', { FunctionName: 'n1', InvocationType: 'DryRun' })).StatusCode, 204);
        assert.equal((await send('InvokeAsync', { FunctionName: 'n1', InvokeArgs: '{}' })).Status, 202);
        await send('DeleteFunction', { FunctionName: 'n1' });
        await fails('ResourceNotFoundException', 404, 'GetFunction', { FunctionName: 'n1' });
        await fails('ResourceNotFoundException', 404, 'Invoke', { FunctionName: 'n1' });
        """);

    [Fact]
    public Task Every_configuration_tells_its_runtime_and_how_that_is_updated_is_kept_per_version_as_Terraform_sets_it() => RunAsync("""
        const FunctionName = 'rt', arn = (await create(FunctionName, { Publish: true })).RuntimeVersionConfig.RuntimeVersionArn;
        assert.match(arn, /^arn:aws:lambda:us-east-1::runtime:.+/);
        const listed = (await send('ListVersionsByFunction', { FunctionName })).Versions;
        const shown = [(await send('GetFunction', { FunctionName })).Configuration, await send('GetFunctionConfiguration', { FunctionName, Qualifier: '1' }),
          await send('PublishVersion', { FunctionName }), await send('UpdateFunctionConfiguration', { FunctionName, MemorySize: 256 }), await send('UpdateFunctionCode', { FunctionName, ZipFile: zip2 }), ...listed];
        for (const each of shown) assert.equal(each.RuntimeVersionConfig.RuntimeVersionArn, arn);
        await send('CreateAlias', { FunctionName, Name: 'live', FunctionVersion: '1' });
        const state = async Qualifier => { const r = await send('GetRuntimeManagementConfig', { FunctionName, Qualifier }); return [r.UpdateRuntimeOn, r.RuntimeVersionArn, r.FunctionArn.split(':function:')[1]]; };
        const put = (UpdateRuntimeOn, more) => send('PutRuntimeManagementConfig', { FunctionName, UpdateRuntimeOn, ...more });
        assert.deepEqual([await state(), await state('1')], [['Auto', undefined, 'rt'], ['Auto', undefined, 'rt:1']]);
        const { RevisionId } = await send('GetFunctionConfiguration', { FunctionName });
        assert.equal((await put('FunctionUpdate')).UpdateRuntimeOn, 'FunctionUpdate');
        const pinned = await put('Manual', { Qualifier: '1', RuntimeVersionArn: arn });
        assert.deepEqual([pinned.UpdateRuntimeOn, pinned.RuntimeVersionArn], ['Manual', arn]);
        assert.deepEqual([await state(), await state('$LATEST'), await state('1')], [['FunctionUpdate', undefined, 'rt'], ['FunctionUpdate', undefined, 'rt:$LATEST'], ['Manual', arn, 'rt:1']]);
        assert.equal((await send('GetFunctionConfiguration', { FunctionName })).RevisionId, RevisionId);
        const invalid = more => fails('InvalidParameterValueException', 400, 'PutRuntimeManagementConfig', { FunctionName, ...more });
        await invalid({ UpdateRuntimeOn: 'Auto', Qualifier: 'live' });
        await invalid({ UpdateRuntimeOn: 'Manual' });
        await invalid({ UpdateRuntimeOn: 'Manual', RuntimeVersionArn: arn + 'x' });
        await invalid({ UpdateRuntimeOn: 'Auto', RuntimeVersionArn: arn });
        await fails('InvalidParameterValueException', 400, 'GetRuntimeManagementConfig', { FunctionName, Qualifier: 'live' });
        await fails('ResourceNotFoundException', 404, 'GetRuntimeManagementConfig', { FunctionName, Qualifier: '9' });
        await put('Auto'); await put('Auto', { Qualifier: '1' });
        assert.deepEqual([await state(), await state('1')], [['Auto', undefined, 'rt'], ['Auto', undefined, 'rt:1']]);
        """);

    [Fact]
    public Task It_pages_versions_aliases_concurrency_permissions_and_settings() => RunAsync("""
        await create('n2', { Publish: true });
        const FunctionName = 'n2';
        for (const name of ['n2a', 'n2b']) await create(name);
        const names = [];
        for await (const page of aws.paginateListFunctions({ client: lambda, pageSize: 1 }, {})) names.push(...page.Functions.map(f => f.FunctionName));
        for (const name of ['n2', 'n2a', 'n2b']) assert.ok(names.includes(name), names.join());
        await send('UpdateFunctionCode', { FunctionName, ZipFile: zip2 });
        assert.equal((await send('PublishVersion', { FunctionName })).Version, '2');
        const versions = [];
        for await (const page of aws.paginateListVersionsByFunction({ client: lambda, pageSize: 1 }, { FunctionName })) versions.push(...page.Versions.map(v => v.Version));
        assert.deepEqual(versions, ['$LATEST', '1', '2']);
        await aws.waitUntilPublishedVersionActive({ client: lambda, maxWaitTime: 60 }, { FunctionName, Qualifier: '2' });
        const alias = await send('CreateAlias', { FunctionName, Name: 'live', FunctionVersion: '1', RoutingConfig: { AdditionalVersionWeights: { 2: 0.5 } } });
        assert.deepEqual(alias.RoutingConfig.AdditionalVersionWeights, { 2: 0.5 });
        await fails('PreconditionFailedException', 412, 'UpdateAlias', { FunctionName, Name: 'live', FunctionVersion: '2', RevisionId: 'old' });
        assert.equal((await send('UpdateAlias', { FunctionName, Name: 'live', FunctionVersion: '2', RoutingConfig: {} })).FunctionVersion, '2');
        assert.equal((await send('Invoke', { FunctionName, Qualifier: 'live' })).ExecutedVersion, '2');
        await fails('ResourceConflictException', 409, 'CreateAlias', { FunctionName, Name: 'live', FunctionVersion: '1' });
        await fails('ResourceConflictException', 409, 'DeleteFunction', { FunctionName, Qualifier: '2' });
        assert.equal((await send('PutFunctionConcurrency', { FunctionName, ReservedConcurrentExecutions: 0 })).ReservedConcurrentExecutions, 0);
        await assert.rejects(send('Invoke', { FunctionName }), e => {
          assert.deepEqual([e.name, e.Reason, e.retryAfterSeconds], ['TooManyRequestsException', 'ReservedFunctionConcurrentInvocationLimitExceeded', '1']); return true; });
        await send('DeleteFunctionConcurrency', { FunctionName });
        assert.equal((await send('GetFunctionConcurrency', { FunctionName })).ReservedConcurrentExecutions, undefined);
        assert.equal((await send('PutProvisionedConcurrencyConfig', { FunctionName, Qualifier: 'live', ProvisionedConcurrentExecutions: 1 })).RequestedProvisionedConcurrentExecutions, 1);
        const added = await send('AddPermission', { FunctionName, StatementId: 's3', Action: 'lambda:InvokeFunction', Principal: 's3.amazonaws.com', SourceArn: 'arn:aws:s3:::b', SourceAccount: '000000000000' });
        assert.equal(JSON.parse(added.Statement).Sid, 's3');
        assert.equal(JSON.parse((await send('GetPolicy', { FunctionName })).Policy).Statement.length, 1);
        await send('RemovePermission', { FunctionName, StatementId: 's3' });
        await fails('ResourceNotFoundException', 404, 'GetPolicy', { FunctionName });
        await send('PutFunctionEventInvokeConfig', { FunctionName, MaximumRetryAttempts: 0 });
        assert.equal((await send('GetFunctionEventInvokeConfig', { FunctionName })).MaximumRetryAttempts, 0);
        assert.ok((await send('GetAccountSettings', {})).AccountLimit.ConcurrentExecutions > 0);
        """);

    [Fact]
    public Task It_makes_event_source_mappings_and_layers() => RunAsync("""
        await create('n3');
        const FunctionName = 'n3', SelfManagedEventSource = { Endpoints: { KAFKA_BOOTSTRAP_SERVERS: ['127.0.0.1:1'] } };
        const mappings = [];
        for (const topic of ['a1', 'b1', 'c1'])
          mappings.push(await send('CreateEventSourceMapping', { FunctionName, Topics: [topic], SelfManagedEventSource, StartingPosition: 'TRIM_HORIZON', Enabled: false, Tags: { a: 'b' }, MaximumRetryAttempts: 2 }));
        assert.ok(mappings[0].EventSourceMappingArn.endsWith(mappings[0].UUID) && mappings[0].LastModified instanceof Date);
        assert.deepEqual((await send('ListTags', { Resource: mappings[0].EventSourceMappingArn })).Tags, { a: 'b' });
        const listed = [];
        for await (const page of aws.paginateListEventSourceMappings({ client: lambda, pageSize: 2 }, { FunctionName })) listed.push(...page.EventSourceMappings.map(m => m.UUID));
        assert.deepEqual(listed.sort(), mappings.map(m => m.UUID).sort());
        assert.equal((await send('UpdateEventSourceMapping', { UUID: mappings[0].UUID, BatchSize: 7 })).BatchSize, 7);
        assert.equal((await send('GetEventSourceMapping', { UUID: mappings[0].UUID })).State, 'Disabled');
        await fails('InvalidParameterValueException', 400, 'CreateEventSourceMapping', { FunctionName, EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:q' });
        await fails('ResourceNotFoundException', 404, 'DeleteEventSourceMapping', { UUID: 'none' });
        const layer = await send('PublishLayerVersion', { LayerName: 'nl', Content: { ZipFile: zip }, CompatibleRuntimes: ['nodejs20.x'] });
        await send('AddLayerVersionPermission', { LayerName: 'nl', VersionNumber: 1, StatementId: 'all', Action: 'lambda:GetLayerVersion', Principal: '*' });
        assert.equal(JSON.parse((await send('GetLayerVersionPolicy', { LayerName: 'nl', VersionNumber: 1 })).Policy).Statement[0].Principal, '*');
        assert.equal((await send('GetLayerVersionByArn', { Arn: layer.LayerVersionArn })).Version, 1);
        assert.equal((await send('UpdateFunctionConfiguration', { FunctionName, Layers: [layer.LayerVersionArn] })).Layers[0].Arn, layer.LayerVersionArn);
        """);

    [Fact]
    public Task It_understands_refusals() => RunAsync("""
        await create('n4');
        await fails('ResourceConflictException', 409, 'CreateFunction', { FunctionName: 'n4', Runtime: 'provided.al2023', Handler: 'h', Role, Code: { ZipFile: zip } });
        await fails('InvalidParameterValueException', 400, 'CreateFunction', { FunctionName: 'n5', Runtime: 'cobol', Handler: 'h', Role, Code: { ZipFile: zip } });
        await fails('InvalidParameterValueException', 400, 'CreateFunction', { FunctionName: 'n5', Runtime: 'provided.al2023', Handler: 'h', Role, Code: { ZipFile: Buffer.from('no zip') } });
        await fails('ValidationException', 400, 'CreateFunction', { FunctionName: 'n5', Runtime: 'provided.al2023', Handler: 'h', Role, Code: { ZipFile: zip }, Timeout: 901 });
        await fails('InvalidRequestContentException', 400, 'Invoke', { FunctionName: 'n4', Payload: '{' });
        await fails('RequestEntityTooLargeException', 413, 'Invoke', { FunctionName: 'n4', Payload: JSON.stringify('x'.repeat(6 * 1024 * 1024)) });
        const wrong = new aws.LambdaClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: process.env.ACCESS, secretAccessKey: 'wrong' }, maxAttempts: 1 });
        await assert.rejects(wrong.send(new aws.ListFunctionsCommand({})), e => { assert.deepEqual([e.name, e.$metadata.httpStatusCode], ['InvalidSignatureException', 403]); return true; });
        """);

    private Task RunAsync(string script) => NodePackages.RunAsync(
        "Glue.Dispatcher.FunctionalTests",
        new Dictionary<string, string>
        {
            ["ENDPOINT"] = shared.Server.Endpoint,
            ["ACCESS"] = DispatcherServer.Key.AccessKeyId,
            ["SECRET"] = DispatcherServer.Key.SecretAccessKey,
            ["ZIP"] = Convert.ToBase64String(Zip.Of(("bootstrap", "#!/bin/sh\n"))),
            ["ZIP2"] = Convert.ToBase64String(Zip.Of(("bootstrap", "#!/bin/sh\n#2\n"))),
        },
        Helpers + script);
}
