using Glue.Functions.Http;

namespace Glue.Functions.Runtime;

/// <summary>The life of a function's process: init once, then event after event until the sandbox ends.</summary>
public sealed class LambdaBootstrap : IDisposable
{
    private readonly RuntimeApiClient _api;
    private readonly HandlerInvoker _invoker;
    private readonly LambdaBootstrapInitializer? _initializer;
    private readonly MemoryStream _output = new();

    internal LambdaBootstrap(RuntimeApiClient api, HandlerInvoker invoker, LambdaBootstrapInitializer? initializer)
    {
        _api = api;
        _invoker = invoker;
        _initializer = initializer;
    }

    /// <summary>
    /// Runs until the token is cancelled. It also returns, with exit code 1, after a failed init (which is reported to the Runtime API)
    /// and when the Runtime API has gone away: both are logged.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        using var abort = cancellationToken.UnsafeRegister(static api => ((RuntimeApiClient)api!).Abort(), _api);
        try
        {
            if (!await InitialiseAsync())
            {
                return;
            }

            var snapshot = SnapshotPhase.IsDue ? new SnapshotPhase(_api) : null;
            while (!cancellationToken.IsCancellationRequested && snapshot is not { HasFailed: true })
            {
                var invocation = _api.Next(offersInternalEvents: snapshot is not null);
                if (snapshot is null || !await snapshot.TakeAsync(invocation))
                {
                    snapshot = null;
                    await InvokeOnceAsync(invocation);
                }
            }
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The expected way out: the poll under way was aborted.
        }
        catch (HttpFaultException e)
        {
            FunctionLog.Current.LogCritical(e.Message);
            Environment.ExitCode = 1;
        }
    }

    public void Dispose()
    {
        _api.Dispose();
        _output.Dispose();
    }

    private async Task<bool> InitialiseAsync()
    {
        try
        {
            return _initializer is null || await _initializer();
        }
        catch (Exception e)
        {
            FunctionLog.Current.LogCritical(e.ToString());
            Environment.ExitCode = 1;
            _api.ReportInitError(e);
            return false;
        }
    }

    private async ValueTask InvokeOnceAsync(RuntimeInvocation invocation)
    {
        Stream answer;
        try
        {
            _output.SetLength(0);
            answer = await _invoker(invocation.Event, invocation.Context, _output);
        }
        catch (Exception e)
        {
            FunctionLog.Current.LogError(e.ToString());
            _api.ReportError(invocation.Context.AwsRequestId, e);
            return;
        }

        if (answer == _output)
        {
            _output.Position = 0;
        }

        _api.Respond(invocation.Context.AwsRequestId, answer);
        if (answer != _output)
        {
            await answer.DisposeAsync();
        }
    }
}
