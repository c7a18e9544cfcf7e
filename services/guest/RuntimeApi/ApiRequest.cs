using Glue.Contracts.Channel;
using Glue.Guest.Extensions;

namespace Glue.Guest.RuntimeApi;

/// <summary>The request a connection is reading: what it asks for, and how far its body has come.</summary>
internal sealed class ApiRequest
{
    public const int MaxErrorType = 256;

    private readonly byte[] _errorType = new byte[MaxErrorType];
    private readonly ErrorTrailers _trailers = new();
    private int _errorTypeLength;
    private bool _isChunked;
    private ChunkedBody _chunks;
    private long _left;

    public Operation Operation { get; private set; }

    public bool KeepAlive { get; private set; }

    public bool AnswersInternalEvents { get; private set; }

    /// <summary>Of the Extensions API, with its body; null: of the runtime's.</summary>
    public ExtensionRequest? Extension { get; private set; }

    /// <summary>The body is thrown away and this is the answer; null: it is taken.</summary>
    public Refusal? Refusal { get; set; }

    /// <summary>Its body goes to the worker; no other request's may at the same time.</summary>
    public bool IsAnswering { get; set; }

    /// <summary>Its body goes on while it comes: header <c>Lambda-Runtime-Function-Response-Mode: streaming</c>.</summary>
    public bool IsStreamed { get; private set; }

    /// <summary>How long its body may be.</summary>
    public long MaxBodyBytes => IsStreamed ? ChannelProtocol.MaxStreamedBytes : ChannelProtocol.MaxResultBytes;

    /// <summary>Of a streamed answer, once all of it is here: why it is not whole after all.</summary>
    public ErrorTrailers Trailers => _trailers;

    /// <summary>Body bytes passed on so far.</summary>
    public long BodyTaken { get; set; }

    public ReadOnlySpan<byte> ErrorType => _errorType.AsSpan(0, _errorTypeLength);

    public void Begin(in RequestHead head)
    {
        Clear();
        Operation = head.Operation;
        KeepAlive = head.KeepAlive;
        AnswersInternalEvents = head.AnswersInternalEvents;
        IsStreamed = head.IsStreamed && head.Operation == Operation.Response;
        Extension = head.Operation >= Operation.ExtensionRegister ? new ExtensionRequest(head) : null;
        _isChunked = head.IsChunked;
        _chunks = default;
        _left = head.ContentLength;
        _errorTypeLength = Math.Min(head.ErrorType.Length, MaxErrorType);
        head.ErrorType[.._errorTypeLength].CopyTo(_errorType);
    }

    /// <summary>Takes what of the body is in <paramref name="input"/>.</summary>
    /// <returns>Bytes of the input that were used; negative: this is no HTTP.</returns>
    public int ReadBody(ReadOnlySpan<byte> input, out ReadOnlySpan<byte> data, out bool isLast)
    {
        if (_isChunked)
        {
            var used = _chunks.Read(input, out data, IsStreamed ? _trailers : null);
            isLast = _chunks.IsDone;
            return used;
        }

        data = input[..(int)Math.Min(_left, input.Length)];
        _left -= data.Length;
        isLast = _left == 0;
        return data.Length;
    }

    public void Clear()
    {
        Operation = Operation.Unknown;
        Extension = null;
        Refusal = null;
        IsAnswering = false;
        IsStreamed = false;
        BodyTaken = 0;
        _trailers.Clear();
    }
}
