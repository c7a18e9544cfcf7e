using Glue.Contracts.Channel;
using Glue.Guest.Channel;

namespace Glue.Guest.RuntimeApi;

/// <summary>The answer that a connection brings, in one piece or streamed: its body goes to the worker while it comes. There is one at a time.</summary>
internal sealed class ComingAnswer(ChannelLink channel, StreamedAnswer streamed)
{
    private ApiConnection? _connection;

    /// <summary>The connection that brought a streamed answer is gone before its end. Who exits or hangs is told otherwise; who polls did neither.</summary>
    public bool WasCutOff => streamed.IsOpen && _connection is not { Request.IsAnswering: true };

    /// <summary>What the worker is told of such a one.</summary>
    public static ReadOnlySpan<byte> CutOffDocument =>
        "{\"errorType\":\"Runtime.TruncatedResponse\",\"errorMessage\":\"The runtime closed its connection before the end of the response it streamed.\"}"u8;

    /// <summary>Whose it is, if that is read no further.</summary>
    public ApiConnection? Paused => _connection is { IsPaused: true } connection ? connection : null;

    /// <summary>Whose streamed answer has not come to its end.</summary>
    public ApiConnection? Unfinished => streamed.IsOpen && _connection is { Request.IsAnswering: true } connection ? connection : null;

    /// <returns>False: another one is still coming.</returns>
    public bool TryBegin(ApiConnection connection, ReadOnlySpan<byte> contentType)
    {
        if (_connection is { Request.IsAnswering: true })
        {
            return false;
        }

        _connection = connection;
        connection.Request.IsAnswering = true;
        if (connection.Request.IsStreamed)
        {
            streamed.Begin(contentType);
        }

        return true;
    }

    /// <summary>More of a body has arrived.</summary>
    public void Take(ApiRequest request, ReadOnlySpan<byte> data)
    {
        if (request.Refusal is null && request.BodyTaken + data.Length > request.MaxBodyBytes)
        {
            request.Refusal = request.IsStreamed ? Refusal.StreamTooLarge : Refusal.TooLarge;
        }

        if (request.Refusal is not null || !request.IsAnswering)
        {
            return;
        }

        if (request.IsStreamed)
        {
            streamed.Send(data);
            request.BodyTaken += data.Length;
            return;
        }

        while (data.Length > 0)
        {
            var part = data[..Math.Min(data.Length, ChannelProtocol.MaxPayload)];
            channel.Send(FrameType.ResultData, request.BodyTaken == 0 ? 1 : 0, part);
            request.BodyTaken += part.Length;
            data = data[part.Length..];
        }
    }

    /// <summary>A request has been answered.</summary>
    public void End(ApiRequest request)
    {
        if (request.IsAnswering)
        {
            request.IsAnswering = false;
            streamed.End();
        }
    }
}
