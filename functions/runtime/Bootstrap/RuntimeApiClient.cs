using System.Globalization;
using System.Text;
using Glue.Functions.Http;

namespace Glue.Functions.Runtime;

/// <summary>
/// The calls of Lambda's Runtime API, version 2018-06-01 (Lambda Developer Guide, "Using the Lambda runtime API" and SnapStart's runtime
/// hooks, read 2026-11).
/// </summary>
internal sealed class RuntimeApiClient(HttpConnection connection) : IDisposable
{
    private const string Api = "/2018-06-01/runtime/";

    // Tells the sandbox, and only one that is to become a snapshot, that this runtime knows the events of SnapshotPhase.
    private const string InternalEventsHeader = "Glue-Internal-Events";

    private byte[] _event = new byte[16 * 1024];
    private byte[] _answer = [];
    private readonly byte[] _poll = Encoding.ASCII.GetBytes($"GET {Api}invocation/next HTTP/1.1\r\nHost: {connection.Endpoint}\r\n\r\n");

    public static RuntimeApiClient FromEnvironment()
    {
        var endpoint = Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API");
        return string.IsNullOrEmpty(endpoint)
            ? throw new InvalidOperationException("AWS_LAMBDA_RUNTIME_API is not set: this program is a function and is started by its sandbox.")
            : new RuntimeApiClient(new HttpConnection(HttpEndpoint.Parse(endpoint)));
    }

    /// <summary>Waits for the next event, as long as it takes.</summary>
    /// <param name="offersInternalEvents">True: this may also be an event of <see cref="SnapshotPhase"/>.</param>
    public RuntimeInvocation Next(bool offersInternalEvents = false)
    {
        var response = connection.ReceiveFollowing() ?? connection.Exchange(Poll(offersInternalEvents));
        var length = ReadBody(response, ref _event);
        if (response.Status != 200)
        {
            throw new HttpFaultException($"The Runtime API answered {response.Status} to a request for the next event.");
        }

        var traceId = response.Header("Lambda-Runtime-Trace-Id"u8);
        Environment.SetEnvironmentVariable("_X_AMZN_TRACE_ID", traceId);
        var context = new LambdaContext(
            response.Header("Lambda-Runtime-Aws-Request-Id"u8) ?? throw new HttpFaultException("The Runtime API handed over an event without its request id."),
            response.Header("Lambda-Runtime-Invoked-Function-Arn"u8) ?? "",
            long.TryParse(response.Header("Lambda-Runtime-Deadline-Ms"u8), CultureInfo.InvariantCulture, out var ms) ? ms : long.MaxValue,
            response.Header("Lambda-Runtime-Client-Context"u8));
        FunctionLog.Current.RequestId = context.AwsRequestId;
        return new RuntimeInvocation(new MemoryStream(_event, 0, length, writable: false, publiclyVisible: true), context);
    }

    /// <summary>Hands in the answer, with the poll for the next event right behind it. A refused one (too large) is the invocation's failure, not the process's: it is logged, the next event follows.</summary>
    public void Respond(string requestId, Stream answer)
    {
        var body = Bytes(answer);
        var request = connection.Request("POST", $"{Api}invocation/{requestId}/response")
            .Header("Content-Type", "application/json").Header("Content-Length", body.Length).End();
        LogRefused(connection.Exchange(request, body, _poll));
    }

    /// <summary>Asks to be saved now; returns when this process has been restored.</summary>
    public void AwaitRestore()
    {
        var response = connection.Exchange(connection.Request("GET", Api + "restore/next").End());
        if (response.Status != 200)
        {
            throw new HttpFaultException($"The Runtime API answered {response.Status} to a request for the restore.");
        }
    }

    /// <summary>Hands in an empty answer without the poll for the next event.</summary>
    public void RespondAlone(string requestId)
    {
        var request = connection.Request("POST", $"{Api}invocation/{requestId}/response").Header("Content-Type", "application/json").Header("Content-Length", 0).End();
        LogRefused(connection.Exchange(request));
    }

    public void ReportRestoreError(Exception exception) => Report(Api + "restore/error", exception, "Runtime.AfterRestoreError");

    public void ReportError(string requestId, Exception exception) => Report($"{Api}invocation/{requestId}/error", exception);

    public void ReportInitError(Exception exception) => Report(Api + "init/error", exception);

    public void Abort() => connection.Abort();

    public void Dispose() => connection.Dispose();

    private HttpRequestHead Poll(bool offersInternalEvents)
    {
        var poll = connection.Request("GET", Api + "invocation/next");
        return (offersInternalEvents ? poll.Header(InternalEventsHeader, 1) : poll).End();
    }

    private void Report(string target, Exception exception, string? errorType = null)
    {
        var body = ErrorDocument.Write(exception);
        var request = connection.Request("POST", target)
            .Header("Content-Type", "application/vnd.aws.lambda.error+json")
            .Header("Lambda-Runtime-Function-Error-Type", errorType ?? ErrorDocument.TypeName(exception))
            .Header("Content-Length", body.Length).End();
        LogRefused(connection.Exchange(request, body));
    }

    private static void LogRefused(HttpResponse response)
    {
        if (response.Status >= 300)
        {
            using var text = new StreamReader(response.Body, leaveOpen: true);
            FunctionLog.Current.LogError($"The Runtime API refused the answer with {response.Status}: {text.ReadToEnd()}");
        }
    }

    private ReadOnlySpan<byte> Bytes(Stream answer)
    {
        if (answer is MemoryStream memory && memory.TryGetBuffer(out var buffer))
        {
            return buffer.AsSpan((int)memory.Position);
        }

        var length = 0;
        while (true)
        {
            if (length == _answer.Length)
            {
                Array.Resize(ref _answer, Math.Max(4096, length * 2));
            }

            var read = answer.Read(_answer, length, _answer.Length - length);
            if (read == 0)
            {
                return _answer.AsSpan(0, length);
            }

            length += read;
        }
    }

    private static int ReadBody(HttpResponse response, ref byte[] buffer)
    {
        if (response.ContentLength is { } announced && announced > buffer.Length)
        {
            buffer = new byte[announced];
        }

        var length = 0;
        while (!response.Body.Ended)
        {
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            length += response.Body.Read(buffer.AsSpan(length));
        }

        return length;
    }
}
