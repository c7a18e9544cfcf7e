using System.Buffers.Text;

namespace Glue.Guest.RuntimeApi;

/// <summary>What a runtime asks for.</summary>
internal enum Operation : byte
{
    Unknown,
    Next,
    Response,
    Error,
    InitError,
    RestoreNext,
    RestoreError,
    MethodNotAllowed,

    // From here on the Extensions API's.
    ExtensionRegister,
    ExtensionNext,
    ExtensionInitError,
    ExtensionExitError,
    TelemetrySubscribe,
    LogsSubscribe,
}

/// <summary>The head of one HTTP/1.1 request of the Runtime API, read in place: only what the API gives a meaning is looked at.</summary>
internal ref struct RequestHead
{
    private const string Prefix = "/2018-06-01/runtime/";

    public Operation Operation;
    public ReadOnlySpan<byte> RequestId;
    public ReadOnlySpan<byte> ErrorType;

    /// <summary>Body length; 0 when none was announced.</summary>
    public long ContentLength;
    public bool IsChunked;
    public bool ExpectsContinue;
    public bool KeepAlive;

    public ReadOnlySpan<byte> ExtensionName;
    public ReadOnlySpan<byte> ExtensionIdentifier;
    public ReadOnlySpan<byte> ExtensionErrorType;
    public ReadOnlySpan<byte> ExtensionFeature;

    /// <summary>Header <c>Lambda-Runtime-Function-Response-Mode: streaming</c>.</summary>
    public bool IsStreamed;

    /// <summary>Empty: none was given.</summary>
    public ReadOnlySpan<byte> ContentType;

    /// <summary>Header <see cref="Contracts.Channel.InternalEvents.Header"/>.</summary>
    public bool AnswersInternalEvents;

    /// <summary>Reads a head without its closing empty line. False: this is no HTTP request.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out RequestHead head)
    {
        head = default;
        var line = TakeLine(ref text);
        var space = line.IndexOf((byte)' ');
        var last = line.LastIndexOf((byte)' ');
        if (space <= 0 || last <= space || !line[(last + 1)..].StartsWith("HTTP/1."u8))
        {
            return false;
        }

        head.KeepAlive = line[^1] == '1';
        head.Route(line[..space], line[(space + 1)..last]);
        while (text.Length > 0)
        {
            line = TakeLine(ref text);
            var colon = line.IndexOf((byte)':');
            if (colon <= 0 || !head.Header(line[..colon], line[(colon + 1)..].Trim(" \t"u8)))
            {
                return false;
            }
        }

        return true;
    }

    private static ReadOnlySpan<byte> TakeLine(scoped ref ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf("\r\n"u8);
        var line = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 2)..];
        return line;
    }

    private void Route(ReadOnlySpan<byte> method, ReadOnlySpan<byte> path)
    {
        if (!path.StartsWith("/2018-06-01/runtime/"u8))
        {
            RouteExtension(method, path);
            return;
        }

        path = path[Prefix.Length..];
        var wanted = "POST"u8;
        if (path.SequenceEqual("invocation/next"u8))
        {
            Operation = Operation.Next;
            wanted = "GET"u8;
        }
        else if (path.SequenceEqual("init/error"u8))
        {
            Operation = Operation.InitError;
        }
        else if (path.SequenceEqual("restore/next"u8))
        {
            Operation = Operation.RestoreNext;
            wanted = "GET"u8;
        }
        else if (path.SequenceEqual("restore/error"u8))
        {
            Operation = Operation.RestoreError;
        }
        else if (path.StartsWith("invocation/"u8))
        {
            path = path["invocation/".Length..];
            var slash = path.IndexOf((byte)'/');
            var verb = slash < 0 ? default : path[(slash + 1)..];
            Operation = verb.SequenceEqual("response"u8) ? Operation.Response
                : verb.SequenceEqual("error"u8) ? Operation.Error
                : Operation.Unknown;
            RequestId = slash < 0 ? default : path[..slash];
        }

        if (Operation != Operation.Unknown && !method.SequenceEqual(wanted))
        {
            Operation = Operation.MethodNotAllowed;
        }
    }

    private void RouteExtension(ReadOnlySpan<byte> method, ReadOnlySpan<byte> path)
    {
        const string prefix = "/2020-01-01/extension/";
        if (!path.StartsWith("/2020-01-01/extension/"u8))
        {
            RouteTelemetry(method, path);
            return;
        }

        path = path[prefix.Length..];
        Operation = path.SequenceEqual("register"u8) ? Operation.ExtensionRegister
            : path.SequenceEqual("event/next"u8) ? Operation.ExtensionNext
            : path.SequenceEqual("init/error"u8) ? Operation.ExtensionInitError
            : path.SequenceEqual("exit/error"u8) ? Operation.ExtensionExitError
            : Operation.Unknown;
        if (Operation != Operation.Unknown && !method.SequenceEqual(Operation == Operation.ExtensionNext ? "GET"u8 : "POST"u8))
        {
            Operation = Operation.MethodNotAllowed;
        }
    }

    private void RouteTelemetry(ReadOnlySpan<byte> method, ReadOnlySpan<byte> path)
    {
        path = path.TrimEnd((byte)'/');
        Operation = path.SequenceEqual("/2022-07-01/telemetry"u8) ? Operation.TelemetrySubscribe
            : path.SequenceEqual("/2020-08-15/logs"u8) ? Operation.LogsSubscribe
            : Operation.Unknown;
        if (Operation != Operation.Unknown && !method.SequenceEqual("PUT"u8))
        {
            Operation = Operation.MethodNotAllowed;
        }
    }

    private bool Header(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        switch (name.Length)
        {
            case 14 when Is(name, "content-length"u8):
                return Utf8Parser.TryParse(value, out ContentLength, out var used) && used == value.Length && ContentLength >= 0;
            case 12 when Is(name, "content-type"u8):
                ContentType = value;
                return true;
            case 17 when Is(name, "transfer-encoding"u8):
                IsChunked = Is(value, "chunked"u8);
                return IsChunked;
            case 10 when Is(name, "connection"u8):
                KeepAlive = !Is(value, "close"u8) && (KeepAlive || Is(value, "keep-alive"u8));
                return true;
            case 6 when Is(name, "expect"u8):
                ExpectsContinue = Is(value, "100-continue"u8);
                return true;
            case 20 when Is(name, "glue-internal-events"u8):
                AnswersInternalEvents = true;
                return true;
            case 37 when Is(name, "lambda-runtime-function-response-mode"u8):
                IsStreamed = Is(value, "streaming"u8);
                return true;
            case 34 when Is(name, "lambda-runtime-function-error-type"u8):
                ErrorType = value;
                return true;
            case 21 when Is(name, "lambda-extension-name"u8):
                ExtensionName = value;
                return true;
            case 27 when Is(name, "lambda-extension-identifier"u8):
                ExtensionIdentifier = value;
                return true;
            case 31 when Is(name, "lambda-extension-accept-feature"u8):
                ExtensionFeature = value;
                return true;
            case 36 when Is(name, "lambda-extension-function-error-type"u8):
                ExtensionErrorType = value;
                return true;
            default:
                return true;
        }
    }

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lowerCase) => System.Text.Ascii.EqualsIgnoreCase(text, lowerCase);
}
