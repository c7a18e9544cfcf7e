using Glue.Contracts.Functions;

namespace Glue.Dispatcher.FunctionalTests.LambdaApi;

public sealed class ProvisionedConcurrencyTests
{
    [Fact]
    public async Task Boto_provisions_versions_and_aliases_and_hears_every_refusal_as_Lambdas()
    {
        using var folder = new TempFolder();
        await using var server = await DispatcherServer.StartAsync(folder);
        Assert.Equal("good\n", (await server.BotoAsync(VersionTests.Helpers + """
            f = dict(FunctionName='p')
            make('p', Publish=True)
            client.update_function_configuration(**f, MemorySize=256)
            client.publish_version(**f)
            client.create_alias(**f, Name='live', FunctionVersion='1')
            arn = 'arn:aws:lambda:us-east-1:000000000000:function:p'
            put = lambda qualifier, n: client.put_provisioned_concurrency_config(**f, Qualifier=qualifier, ProvisionedConcurrentExecutions=n)
            get = lambda qualifier: client.get_provisioned_concurrency_config(**f, Qualifier=qualifier)
            refused(x.InvalidParameterValueException, 'unpublished function versions', put, qualifier='$LATEST', n=1)
            refused(x.ResourceNotFoundException, 'p:9', put, qualifier='9', n=1)
            refused(x.ProvisionedConcurrencyConfigNotFoundException, 'No Provisioned Concurrency Config', get, qualifier='live')
            made = put('live', 5)
            assert made['ResponseMetadata']['HTTPStatusCode'] == 202 and made['RequestedProvisionedConcurrentExecutions'] == 5, made
            now = get('live')
            assert (now['Status'], now['AllocatedProvisionedConcurrentExecutions'], now['AvailableProvisionedConcurrentExecutions']) == ('READY', 5, 5), now
            refused(x.ResourceConflictException, 'pointed by a Provisioned Concurrency alias', put, qualifier='1', n=1)
            put('2', 3)
            client.create_alias(**f, Name='second', FunctionVersion='2')
            refused(x.ResourceConflictException, 'already Provisioned version', put, qualifier='second', n=1)
            refused(x.ResourceConflictException, 'already Provisioned version', client.update_alias, **f, Name='live', FunctionVersion='2')
            weights = {'AdditionalVersionWeights': {'2': 0.5}}
            refused(x.ResourceConflictException, 'already Provisioned version', client.update_alias, **f, Name='live', RoutingConfig=weights)
            client.update_alias(**f, Name='second', FunctionVersion='1')
            refused(x.ResourceConflictException, 'already Provisioned version', put, qualifier='second', n=1)
            listed = [(c['FunctionArn'], c['RequestedProvisionedConcurrentExecutions'], c['Status']) for p in
                client.get_paginator('list_provisioned_concurrency_configs').paginate(**f, PaginationConfig={'PageSize': 1}) for c in p['ProvisionedConcurrencyConfigs']]
            assert listed == [(arn + ':2', 3, 'READY'), (arn + ':live', 5, 'READY')], listed
            refused(x.InvalidParameterValueException, 'total provisioned concurrency [8]', client.put_function_concurrency, **f, ReservedConcurrentExecutions=7)
            client.put_function_concurrency(**f, ReservedConcurrentExecutions=8)
            refused(x.InvalidParameterValueException, 'reservedConcurrentExecution for function', put, qualifier='2', n=4)
            client.delete_function_concurrency(**f)
            refused(x.InvalidParameterValueException, 'below its minimum value of [100]', put, qualifier='2', n=900)
            refused(x.InvalidParameterValueException, 'unreserved concurrency [1000]', put, qualifier='2', n=1001)
            refused(x.InvalidParameterValueException, 'unpublished', client.update_alias, **f, Name='live', FunctionVersion='$LATEST')
            for q in ['live', 'live']: assert client.delete_provisioned_concurrency_config(**f, Qualifier=q)['ResponseMetadata']['HTTPStatusCode'] == 204
            refused(x.ProvisionedConcurrencyConfigNotFoundException, 'No Provisioned', get, qualifier='live')
            print('good')
            """)).Expect());
        Assert.Equal(("arn:aws:lambda:us-east-1:000000000000:function:p:2", 3), Only(server));
    }

    [Fact]
    public async Task The_workers_progress_is_the_status_and_a_failure_is_told_with_its_reason()
    {
        using var folder = new TempFolder();
        await using var server = await DispatcherServer.StartAsync(folder);
        (await server.BotoAsync(VersionTests.Helpers + """
            make('p', Publish=True)
            client.put_provisioned_concurrency_config(FunctionName='p', Qualifier='1', ProvisionedConcurrentExecutions=4)
            """)).Expect();

        server.Worker.ProvisionedScript = static _ => new ProvisionedState(3, 1, null);
        Assert.Equal("IN_PROGRESS\t4\t3\t1", await StatusAsync(server));
        server.Worker.ProvisionedScript = static _ => new ProvisionedState(1, 1, "No room");
        Assert.Equal("FAILED\t4\t1\t1", await StatusAsync(server));
        server.Worker.ProvisionedScript = static wanted => new ProvisionedState(wanted.Sandboxes, wanted.Sandboxes, null);
        Assert.Equal("READY\t4\t4\t4", await StatusAsync(server));
    }

    [Fact]
    public async Task Provisioned_sandboxes_follow_their_alias_are_shared_out_by_weight_and_come_back_after_a_restart()
    {
        using var folder = new TempFolder();
        await using (var server = await DispatcherServer.StartAsync(folder))
        {
            (await server.BotoAsync(VersionTests.Helpers + """
                f = dict(FunctionName='p')
                make('p', Publish=True)
                client.update_function_configuration(**f, MemorySize=256)
                client.publish_version(**f)
                client.create_alias(**f, Name='live', FunctionVersion='1')
                client.put_provisioned_concurrency_config(**f, Qualifier='live', ProvisionedConcurrentExecutions=10)
                client.update_alias(**f, Name='live', RoutingConfig={'AdditionalVersionWeights': {'2': 0.3}})
                """)).Expect();
            Assert.Equal([("1", 7), ("2", 3)], server.Worker.Provisioned.Select(each => (each.Version.Version, each.Sandboxes)).Order());
        }

        await using (var server = await DispatcherServer.StartAsync(folder))
        {
            Assert.Equal(10, server.Worker.Provisioned.Sum(each => each.Sandboxes));
            (await server.AwsAsync("update-alias", "--function-name", "p", "--name", "live", "--function-version", "2", "--routing-config", "{}")).Expect();
            Assert.Equal(("arn:aws:lambda:us-east-1:000000000000:function:p:2", 10), Only(server));
            (await server.AwsAsync("delete-function", "--function-name", "p")).Expect();
            Assert.Empty(server.Worker.Provisioned);
        }
    }

    private static (string, int) Only(DispatcherServer server)
    {
        var only = Assert.Single(server.Worker.Provisioned);
        return (only.Version.Arn, only.Sandboxes);
    }

    private static async Task<string> StatusAsync(DispatcherServer server) => (await server.AwsAsync(
        "get-provisioned-concurrency-config", "--function-name", "p", "--qualifier", "1", "--output", "text", "--query",
        "[Status,RequestedProvisionedConcurrentExecutions,AllocatedProvisionedConcurrentExecutions,AvailableProvisionedConcurrentExecutions]")).Expect().Trim();
}
