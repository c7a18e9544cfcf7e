namespace Glue.Dispatcher.FunctionalTests.LambdaApi;

public sealed class ConcurrencyTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Boto_reserves_reads_and_deletes_concurrency_and_hears_why_a_call_was_refused()
    {
        var result = await shared.Server.BotoAsync(
            """
            import io, zipfile
            code = io.BytesIO()
            with zipfile.ZipFile(code, 'w') as archive: archive.writestr('bootstrap', '#!/bin/sh\n')
            client.create_function(FunctionName='reserved', Runtime='provided.al2023', Role='arn:aws:iam::000000000000:role/r', Handler='h', Code={'ZipFile': code.getvalue()})
            assert 'ReservedConcurrentExecutions' not in client.get_function_concurrency(FunctionName='reserved')
            before = client.get_account_settings()['AccountLimit']['UnreservedConcurrentExecutions']
            assert client.put_function_concurrency(FunctionName='reserved', ReservedConcurrentExecutions=0)['ReservedConcurrentExecutions'] == 0
            assert client.get_function(FunctionName='reserved')['Concurrency']['ReservedConcurrentExecutions'] == 0
            try:
                client.invoke(FunctionName='reserved')
                raise SystemExit('was not refused')
            except client.exceptions.TooManyRequestsException as e:
                assert e.response['Reason'] == 'ReservedFunctionConcurrentInvocationLimitExceeded', e.response
            client.put_function_concurrency(FunctionName='reserved', ReservedConcurrentExecutions=5)
            assert client.get_account_settings()['AccountLimit']['UnreservedConcurrentExecutions'] == before - 5
            client.invoke(FunctionName='reserved')
            try:
                client.put_function_concurrency(FunctionName='reserved', ReservedConcurrentExecutions=before - 50)
                raise SystemExit('was not refused')
            except client.exceptions.InvalidParameterValueException as e:
                assert 'below its minimum value of [100]' in str(e), e
            client.delete_function_concurrency(FunctionName='reserved')
            assert 'ReservedConcurrentExecutions' not in client.get_function_concurrency(FunctionName='reserved')
            """);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }
}
