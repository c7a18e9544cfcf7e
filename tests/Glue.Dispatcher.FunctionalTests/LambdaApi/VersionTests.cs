using System.Text.Json;

namespace Glue.Dispatcher.FunctionalTests.LambdaApi;

/// <summary>Versions and aliases, as boto3 and aws drive them.</summary>
public sealed class VersionTests(SharedServer shared) : IClassFixture<SharedServer>
{
    /// <summary>Python that each script begins with: zips, a maker of functions, and a check of refusals.</summary>
    internal const string Helpers =
        """
        import io, zipfile
        x = client.exceptions
        def code(text):
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, 'w') as z: z.writestr('bootstrap', '#!/bin/sh\n' + text)
            return buffer.getvalue()
        def make(name, **more): return client.create_function(FunctionName=name, Runtime='provided.al2023', Handler='h',
            Role='arn:aws:iam::000000000000:role/r', **{'Code': {'ZipFile': code('1')}, **more})
        def refused(kind, text, call, **args):
            try: call(**args)
            except kind as e:
                assert text in e.response['Error']['Message'], e
                return e.response
            raise AssertionError(f'{args} was not refused')

        """;

    [Fact]
    public async Task No_number_is_given_twice_to_functions_of_one_name_that_come_and_go()
    {
        using var end = new CancellationTokenSource();
        var deleting = Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            while (!end.IsCancellationRequested)
            {
                await shared.Server.SendAsync(HttpMethod.Delete, "/2015-03-31/functions/comes-and-goes");
            }
        }));
        var function = DispatcherServer.NewFunction("comes-and-goes");
        function["Publish"] = true;
        var numbers = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            var mine = new List<int>();
            while (mine.Count < 25)
            {
                var made = await shared.Server.SendAsync(HttpMethod.Post, "/2015-03-31/functions", function);
                if (made.Status == 201)
                {
                    mine.Add(int.Parse(made.Json.GetProperty("Version").GetString()!, System.Globalization.CultureInfo.InvariantCulture));
                }
            }

            return mine;
        }));
        await end.CancelAsync();
        await deleting;
        Assert.Equal(Enumerable.Range(1, 100), numbers.SelectMany(static mine => mine).Order());
    }

    [Fact]
    public async Task A_published_version_keeps_code_and_configuration_and_a_new_one_is_made_only_of_what_changed()
    {
        await GoodAsync("""
            f = dict(FunctionName='v')
            made = make('v', Environment={'Variables': {'NO': '1'}}, Description='first', Publish=True)
            assert made['Version'] == '1' and made['FunctionArn'].endswith(':function:v'), made
            same = client.publish_version(**f, Description='other')
            assert (same['Version'], same['Description'], same['FunctionArn'][-2:]) == ('1', 'first', ':1'), same
            client.update_function_configuration(**f, MemorySize=256, Environment={'Variables': {'NO': '2'}})
            now = client.get_function_configuration(**f)
            refused(x.InvalidParameterValueException, 'different from current CodeSHA256', client.publish_version, **f, CodeSha256='no')
            refused(x.PreconditionFailedException, 'RevisionId', client.publish_version, **f, RevisionId=made['RevisionId'])
            two = client.publish_version(**f, CodeSha256=now['CodeSha256'], RevisionId=now['RevisionId'], Description='second')
            assert (two['Version'], two['Description'], two['MemorySize']) == ('2', 'second', 256)
            assert client.get_function_configuration(**f)['RevisionId'] == now['RevisionId']
            client.get_waiter('published_version_active').wait(**f, Qualifier='2')
            three = client.update_function_code(**f, ZipFile=code('2'), Publish=True)
            assert (three['Version'], three['FunctionArn'][-2:]) == ('3', ':3'), three
            again = client.update_function_code(**f, ZipFile=code('2'), Publish=True)
            assert again['Version'] == '3', again
            one = client.get_function(**f, Qualifier='1')['Configuration']
            assert (one['MemorySize'], one['Environment']['Variables'], one['CodeSha256'], one['State']) == (128, {'NO': '1'}, made['CodeSha256'], 'Active')
            pages = client.get_paginator('list_versions_by_function').paginate(**f, PaginationConfig={'PageSize': 2})
            assert [v['Version'] for p in pages for v in p['Versions']] == ['$LATEST', '1', '2', '3']
            everything = client.get_paginator('list_functions').paginate(FunctionVersion='ALL', PaginationConfig={'PageSize': 2})
            assert [v['FunctionArn'].split(':', 7)[7] for p in everything for v in p['Functions'] if v['FunctionName'] == 'v'] == ['$LATEST', '1', '2', '3']
            refused(x.InvalidParameterValueException, 'Aliases and versions', client.update_function_configuration, FunctionName='v:1', MemorySize=512)
            refused(x.ResourceNotFoundException, 'function:v:9', client.get_function, FunctionName='v', Qualifier='9')
            for name in ['v:2', made['FunctionArn'] + ':2', '000000000000:function:v:2']:
                assert client.invoke(FunctionName=name)['ExecutedVersion'] == '2', name
            assert client.invoke(**f, Qualifier='1')['ExecutedVersion'] == '1'
            assert client.invoke(**f)['ExecutedVersion'] == '$LATEST'
            client.delete_function(**f, Qualifier='3')
            refused(x.ResourceNotFoundException, 'function:v:3', client.invoke, **f, Qualifier='3')
            client.update_function_configuration(**f, Description='fourth')
            assert client.publish_version(**f)['Version'] == '4'
            client.delete_function(**f)
            assert make('v', Publish=True)['Version'] == '5' # numbers are never given twice
            """);
    }

    [Fact]
    public async Task An_alias_points_at_a_version_moves_and_splits_invocations_by_weight()
    {
        await GoodAsync("""
            f = dict(FunctionName='a')
            make('a', Publish=True)
            client.update_function_configuration(**f, MemorySize=256)
            client.publish_version(**f)
            made = client.create_alias(**f, Name='live', FunctionVersion='1', Description='the one')
            arn = 'arn:aws:lambda:us-east-1:000000000000:function:a'
            assert (made['AliasArn'], made['FunctionVersion'], made['Description']) == (arn + ':live', '1', 'the one') and 'RoutingConfig' not in made, made
            refused(x.ResourceConflictException, f'Alias already exists: {arn}:live', client.create_alias, **f, Name='live', FunctionVersion='1')
            refused(x.ResourceNotFoundException, f'Function not found: {arn}:7', client.create_alias, **f, Name='b', FunctionVersion='7')
            refused(x.ClientError, "at 'name'", client.create_alias, **f, Name='12', FunctionVersion='1')
            refused(x.ResourceNotFoundException, f'Cannot find alias arn: {arn}:none', client.get_alias, **f, Name='none')
            refused(x.ResourceNotFoundException, 'Cannot find alias', client.update_alias, **f, Name='none')
            weights = lambda **w: {'AdditionalVersionWeights': {k[1:]: v for k, v in w.items()}}
            update = lambda **a: client.update_alias(**f, Name='live', **a)
            refused(x.InvalidParameterValueException, 'cannot be greater than 1', update, RoutingConfig=weights(_1=0.1, _2=0.2))
            refused(x.InvalidParameterValueException, 'already included', update, RoutingConfig=weights(_1=0.1))
            refused(x.InvalidParameterValueException, '$LATEST is not supported', update, FunctionVersion='$LATEST', RoutingConfig=weights(_2=0.1))
            refused(x.ClientError, 'less than or equal to 1.0', update, RoutingConfig=weights(_2=1.5))
            refused(x.ResourceNotFoundException, ':9', update, RoutingConfig=weights(_9=0.5))
            refused(x.PreconditionFailedException, 'RevisionId', update, RevisionId='old')
            split = update(RoutingConfig=weights(_2=0.4), RevisionId=made['RevisionId'])
            assert split['RoutingConfig'] == {'AdditionalVersionWeights': {'2': 0.4}} and split['RevisionId'] != made['RevisionId']
            seen = [client.invoke(FunctionName='a:live')['ExecutedVersion'] for _ in range(200)]
            assert set(seen) == {'1', '2'} and 40 <= seen.count('2') <= 120, seen.count('2') # 80 expected; 6 standard deviations
            config = client.get_function(**f, Qualifier='live')['Configuration']
            assert (config['FunctionArn'], config['Version'], config['MemorySize']) == (arn + ':live', '1', 128)
            for version in '12': refused(x.ResourceConflictException, 'aliases reference it: [live]', client.delete_function, **f, Qualifier=version)
            refused(x.InvalidParameterValueException, 'aliases is not', client.delete_function, **f, Qualifier='live')
            update(FunctionVersion='2', RoutingConfig={})
            assert {client.invoke(**f, Qualifier='live')['ExecutedVersion'] for _ in range(20)} == {'2'}
            assert client.get_alias(**f, Name='live')['Description'] == 'the one'
            for name in ['b', 'c', 'd']: client.create_alias(**f, Name=name, FunctionVersion='$LATEST')
            pages = client.get_paginator('list_aliases').paginate(**f, PaginationConfig={'PageSize': 3})
            assert [a['Name'] for p in pages for a in p['Aliases']] == ['b', 'c', 'd', 'live']
            assert [a['Name'] for a in client.list_aliases(**f, FunctionVersion='2')['Aliases']] == ['live']
            assert client.delete_alias(**f, Name='live')['ResponseMetadata']['HTTPStatusCode'] == 204
            client.delete_alias(**f, Name='live')
            refused(x.ResourceNotFoundException, 'a:live', client.invoke, **f, Qualifier='live')
            client.delete_function(**f, Qualifier='2')
            """);
    }

    [Fact]
    public async Task Policies_and_event_invoke_configurations_belong_to_their_qualifier()
    {
        await GoodAsync("""
            f = dict(FunctionName='q')
            make('q', Publish=True)
            client.create_alias(**f, Name='live', FunctionVersion='1')
            arn = 'arn:aws:lambda:us-east-1:000000000000:function:q'
            def permit(**q): return json.loads(client.add_permission(**f, **q, StatementId='s3', Action='lambda:InvokeFunction', Principal='s3.amazonaws.com')['Statement'])
            assert permit(Qualifier='live')['Resource'] == arn + ':live'
            refused(x.ResourceNotFoundException, 'does not exist', client.get_policy, **f)
            assert permit(Qualifier='1')['Resource'] == arn + ':1'
            assert permit()['Resource'] == arn
            refused(x.InvalidParameterValueException, '$LATEST', permit, Qualifier='$LATEST')
            refused(x.ResourceNotFoundException, 'q:none', permit, Qualifier='none')
            got = client.get_policy(**f, Qualifier='live')
            assert json.loads(got['Policy'])['Statement'][0]['Resource'] == arn + ':live'
            client.remove_permission(**f, Qualifier='live', StatementId='s3', RevisionId=got['RevisionId'])
            refused(x.ResourceNotFoundException, 'does not exist', client.get_policy, **f, Qualifier='live')
            client.get_policy(**f)
            put = client.put_function_event_invoke_config
            assert put(**f, MaximumRetryAttempts=2)['FunctionArn'] == arn + ':$LATEST'
            assert put(**f, Qualifier='live', MaximumRetryAttempts=0)['FunctionArn'] == arn + ':live'
            put(**f, Qualifier='1', MaximumRetryAttempts=1)
            attempts = lambda **q: client.get_function_event_invoke_config(**f, **q)['MaximumRetryAttempts']
            assert (attempts(), attempts(Qualifier='$LATEST'), attempts(Qualifier='live'), attempts(Qualifier='1')) == (2, 2, 0, 1)
            listed = [c['FunctionArn'] for p in client.get_paginator('list_function_event_invoke_configs').paginate(**f, PaginationConfig={'PageSize': 1}) for c in p['FunctionEventInvokeConfigs']]
            assert listed == [arn + ':$LATEST', arn + ':1', arn + ':live'], listed
            client.delete_function_event_invoke_config(**f, Qualifier='live')
            refused(x.ResourceNotFoundException, "q:live doesn't have", attempts, Qualifier='live')
            refused(x.InvalidParameterValueException, 'Aliases and versions', client.put_function_concurrency, FunctionName='q:live', ReservedConcurrentExecutions=1)
            """);
    }

    [Fact]
    public async Task Versions_aliases_and_their_settings_survive_a_restart_and_code_lives_as_long_as_a_version_has_it()
    {
        using var folder = new TempFolder();
        await using (var server = await DispatcherServer.StartAsync(folder))
        {
            (await server.BotoAsync(Helpers + """
                f = dict(FunctionName='kept')
                make('kept', Publish=True)
                client.update_function_code(**f, ZipFile=code('2'), Publish=True)
                client.update_function_code(**f, ZipFile=code('3'))
                client.create_alias(**f, Name='live', FunctionVersion='1', RoutingConfig={'AdditionalVersionWeights': {'2': 0.25}})
                client.put_function_event_invoke_config(**f, Qualifier='live', MaximumRetryAttempts=1)
                """)).Expect();
            Assert.Equal(3, Directory.GetFiles(folder["code"]).Length);
        }

        await using (var server = await DispatcherServer.StartAsync(folder))
        {
            (await server.BotoAsync(Helpers + """
                f = dict(FunctionName='kept')
                assert [v['Version'] for v in client.list_versions_by_function(**f)['Versions']] == ['$LATEST', '1', '2']
                alias = client.get_alias(**f, Name='live')
                assert (alias['FunctionVersion'], alias['RoutingConfig']['AdditionalVersionWeights']) == ('1', {'2': 0.25})
                assert client.get_function_event_invoke_config(**f, Qualifier='live')['MaximumRetryAttempts'] == 1
                assert client.invoke(**f, Qualifier='2')['ExecutedVersion'] == '2'
                client.delete_alias(**f, Name='live')
                client.delete_function(**f, Qualifier='2')
                """)).Expect();
            Assert.Equal(2, Directory.GetFiles(folder["code"]).Length);
            Assert.Contains("arn:aws:lambda:us-east-1:000000000000:function:kept:2", server.Worker.Retired);
            (await server.AwsAsync("delete-function", "--function-name", "kept")).Expect();
            Assert.Empty(Directory.GetFiles(folder["code"]));
        }
    }

    [Fact]
    public async Task Publishing_prepares_the_version_and_leaves_the_sandboxes_of_latest_alone()
    {
        using var folder = new TempFolder();
        await using var server = await DispatcherServer.StartAsync(folder);
        await server.DeployAsync("warm");
        server.Worker.Prepared.Clear();

        (await server.AwsAsync("publish-version", "--function-name", "warm")).Expect();

        Assert.Equal("arn:aws:lambda:us-east-1:000000000000:function:warm:1", Assert.Single(server.Worker.Prepared).Arn);
        Assert.Empty(server.Worker.Retired);
    }

    [Fact]
    public async Task An_asynchronous_invocation_by_alias_runs_the_alias_version_and_tells_its_destination_so()
    {
        using var folder = new TempFolder();
        await using var server = await DispatcherServer.StartAsync(folder);
        await server.DeployAsync("told");
        (await server.BotoAsync(Helpers + """
            make('async', Publish=True)
            f = dict(FunctionName='async')
            client.create_alias(**f, Name='live', FunctionVersion='1')
            client.put_function_event_invoke_config(**f, Qualifier='live', DestinationConfig={'OnSuccess': {'Destination': 'arn:aws:lambda:us-east-1:000000000000:function:told'}})
            client.invoke(**f, Qualifier='live', InvocationType='Event')
            """)).Expect();

        var answer = await server.SendAsync(HttpMethod.Get, "/glue/v1/invocations?function=told&state=succeeded&wait=20");
        Assert.Equal(200, answer.Status);
        var told = server.Worker.Requests.Single(request => request.InvokedFunctionArn.EndsWith(":told", StringComparison.Ordinal));
        var record = JsonSerializer.Deserialize<JsonElement>(told.Payload.Span);
        Assert.Equal("1", record.GetProperty("responseContext").GetProperty("executedVersion").GetString());
        Assert.Equal("arn:aws:lambda:us-east-1:000000000000:function:async:live", record.GetProperty("requestContext").GetProperty("functionArn").GetString());
        Assert.Contains(server.Worker.Requests, request => request.InvokedFunctionArn.EndsWith(":async:live", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SnapStart_is_accepted_and_reported_as_Lambda_does()
    {
        await GoodAsync("""
            f = dict(FunctionName='snap')
            assert make('snap')['SnapStart'] == {'ApplyOn': 'None', 'OptimizationStatus': 'Off'}
            on = client.update_function_configuration(**f, SnapStart={'ApplyOn': 'PublishedVersions'})
            assert on['SnapStart'] == {'ApplyOn': 'PublishedVersions', 'OptimizationStatus': 'Off'}, on
            assert client.publish_version(**f)['SnapStart'] == {'ApplyOn': 'PublishedVersions', 'OptimizationStatus': 'On'}
            assert client.update_function_configuration(**f, SnapStart={'ApplyOn': 'None'})['SnapStart']['ApplyOn'] == 'None'
            assert client.get_function_configuration(**f, Qualifier='1')['SnapStart']['OptimizationStatus'] == 'On'
            """);
    }

    private async Task GoodAsync(string script) => Assert.Equal("good\n", (await shared.Server.BotoAsync(Helpers + script + "\nprint('good')\n")).Expect());
}
