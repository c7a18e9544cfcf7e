namespace Glue.Dispatcher.FunctionalTests.LambdaApi;

public sealed class LayerTests
{
    [Fact]
    public async Task Boto_publishes_lists_reads_uses_and_deletes_layer_versions()
    {
        using var folder = new TempFolder();
        await using var server = await DispatcherServer.StartAsync(folder);
        Assert.Equal("good\n", (await server.BotoAsync(VersionTests.Helpers + """
            import urllib.request, hashlib, base64
            def layer(name, text, **more): return client.publish_layer_version(LayerName=name, Content={'ZipFile': code(text)}, **more)
            one = layer('tools', 'a', Description='first', CompatibleRuntimes=['python3.12'], LicenseInfo='MIT', CompatibleArchitectures=['x86_64'])
            arn = 'arn:aws:lambda:us-east-1:000000000000:layer:tools'
            assert (one['LayerArn'], one['LayerVersionArn'], one['Version'], one['Description'], one['LicenseInfo']) == (arn, arn + ':1', 1, 'first', 'MIT'), one
            zip = urllib.request.urlopen(one['Content']['Location']).read()
            assert zip == code('a') or base64.b64encode(hashlib.sha256(zip).digest()).decode() == one['Content']['CodeSha256']
            two = layer('tools', 'b', CompatibleRuntimes=['nodejs20.x'])
            assert two['Version'] == 2
            layer('other', 'c')
            assert [v['Version'] for v in client.list_layer_versions(LayerName='tools')['LayerVersions']] == [2, 1]
            assert [v['Version'] for v in client.list_layer_versions(LayerName='tools', CompatibleRuntime='python3.12')['LayerVersions']] == [1]
            pages = client.get_paginator('list_layers').paginate(PaginationConfig={'PageSize': 1})
            assert [(l['LayerName'], l['LatestMatchingVersion']['Version']) for p in pages for l in p['Layers']] == [('other', 1), ('tools', 2)]
            assert client.get_layer_version(LayerName='tools', VersionNumber=1)['CompatibleRuntimes'] == ['python3.12']
            assert client.get_layer_version(LayerName=arn, VersionNumber=2)['Version'] == 2
            assert client.get_layer_version_by_arn(Arn=arn + ':2')['LayerVersionArn'] == arn + ':2'
            refused(x.ResourceNotFoundException, 'does not exist', client.get_layer_version, LayerName='tools', VersionNumber=9)
            other = 'arn:aws:lambda:us-east-1:000000000000:layer:other:1'
            made = make('l', Layers=[arn + ':1', other], Publish=True)
            assert [l['Arn'] for l in made['Layers']] == [arn + ':1', other] and made['Layers'][0]['CodeSize'] > 0, made
            update = lambda *a: client.update_function_configuration(FunctionName='l', Layers=list(a))
            refused(x.InvalidParameterValueException, 'Layer version ' + arn + ':7 does not exist', update, **{}) if False else None
            for arns, text in [([arn + ':7'], 'does not exist'), ([arn + ':1', arn + ':2'], 'Two different versions of the same layer'), ([arn + f':{i}' for i in range(6)], 'more than 5 layers')]:
                refused(x.InvalidParameterValueException, text, client.update_function_configuration, FunctionName='l', Layers=arns)
            refused(x.ClientError, 'GetLayerVersion', client.update_function_configuration, FunctionName='l', Layers=['arn:aws:lambda:us-east-1:111111111111:layer:x:1'])
            update(arn + ':2')
            client.delete_layer_version(LayerName='tools', VersionNumber=1)
            client.delete_layer_version(LayerName='tools', VersionNumber=1)
            assert [l['Arn'] for l in client.get_function_configuration(FunctionName='l', Qualifier='1')['Layers']] == [arn + ':1', other]
            assert 'Layers' not in update()
            assert layer('tools', 'd')['Version'] == 3
            print('good')
            """)).Expect());
        Assert.Equal(5, Directory.GetFiles(folder["code"]).Length); // the function's, and four layers: 'a' is in use by version 1
        (await server.AwsAsync("delete-function", "--function-name", "l")).Expect();
        Assert.Equal(3, Directory.GetFiles(folder["code"]).Length);
    }

    [Fact]
    public async Task Layers_survive_a_restart_and_workers_are_told_them_in_order()
    {
        using var folder = new TempFolder();
        await using (var server = await DispatcherServer.StartAsync(folder))
        {
            (await server.BotoAsync(VersionTests.Helpers + """
                arns = [client.publish_layer_version(LayerName=name, Content={'ZipFile': code(name)})['LayerVersionArn'] for name in ['b', 'a']]
                make('l', Layers=arns)
                """)).Expect();
        }

        await using (var server = await DispatcherServer.StartAsync(folder))
        {
            Assert.Equal("b\ta", (await server.AwsAsync("get-function-configuration", "--function-name", "l", "--output", "text", "--query", "Layers[].Arn")).Expect()
                .Replace("arn:aws:lambda:us-east-1:000000000000:layer:", "", StringComparison.Ordinal).Replace(":1", "", StringComparison.Ordinal).Trim());
            Assert.Equal("a\tb", (await server.AwsAsync("list-layers", "--output", "text", "--query", "Layers[].LayerName")).Expect().Trim());
            IReadOnlyList<string>? seen = null;
            var echo = server.Worker.Script;
            server.Worker.Script = (version, request, token) =>
            {
                seen = version.Layers;
                return echo(version, request, token);
            };
            await server.SendAsync(HttpMethod.Post, "/2015-03-31/functions/l/invocations", "{}");
            Assert.Equal(2, seen!.Distinct().Count());
            Assert.Equal(3, Directory.GetFiles(folder["code"]).Length);
        }
    }

    [Fact]
    public async Task Code_and_layers_together_may_not_be_larger_than_Lambda_allows()
    {
        using var folder = new TempFolder();
        await using var server = await DispatcherServer.StartAsync(folder);
        Assert.Equal("good\n", (await server.BotoAsync(VersionTests.Helpers + """
            def large(mib):
                buffer = io.BytesIO()
                with zipfile.ZipFile(buffer, 'w', zipfile.ZIP_DEFLATED) as z: z.writestr('zeros', bytes(mib << 20))
                return buffer.getvalue()
            arn = client.publish_layer_version(LayerName='large', Content={'ZipFile': large(200)})['LayerVersionArn']
            make('l', Layers=[arn])
            refused(x.InvalidParameterValueException, 'exceeds the maximum allowed size of 262144000 bytes', client.update_function_code, FunctionName='l', ZipFile=large(60))
            refused(x.InvalidParameterValueException, 'The actual size is 272629760 bytes', make, name='m', Layers=[arn], Code={'ZipFile': large(60)})
            print('good')
            """)).Expect());
    }
}
