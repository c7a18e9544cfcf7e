namespace Glue.Guest.RuntimeApi;

/// <summary>Why a request was refused, with status and error type as the Runtime Interface Emulator answers them (read 2026-11).</summary>
internal enum Refusal : byte
{
    BadRequest,
    UnknownPath,
    MethodNotAllowed,
    UnknownRequestId,
    WrongState,
    TooLarge,
    StreamTooLarge,
}

internal static class Responses
{
    public static ReadOnlySpan<byte> Continue => "HTTP/1.1 100 Continue\r\n\r\n"u8;

    public static ReadOnlySpan<byte> Accepted =>
        "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"status\":\"OK\"}\n"u8;

    public static ReadOnlySpan<byte> Restored => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8;

    public static ReadOnlySpan<byte> Of(Refusal refusal) => refusal switch
    {
        Refusal.BadRequest =>
            "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8,
        Refusal.UnknownPath =>
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 19\r\n\r\n404 page not found\n"u8,
        Refusal.MethodNotAllowed =>
            "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n"u8,
        Refusal.UnknownRequestId =>
            "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 68\r\n\r\n{\"errorMessage\":\"Invalid request ID\",\"errorType\":\"InvalidRequestID\"}"u8,
        Refusal.WrongState =>
            "HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\nContent-Length: 84\r\n\r\n{\"errorMessage\":\"State transition not allowed\",\"errorType\":\"InvalidStateTransition\"}"u8,
        Refusal.StreamTooLarge =>
            "HTTP/1.1 413 Payload Too Large\r\nContent-Type: application/json\r\nContent-Length: 111\r\n\r\n{\"errorMessage\":\"Exceeded maximum allowed payload size (209715200 bytes).\",\"errorType\":\"RequestEntityTooLarge\"}"u8,
        _ =>
            "HTTP/1.1 413 Payload Too Large\r\nContent-Type: application/json\r\nContent-Length: 109\r\n\r\n{\"errorMessage\":\"Exceeded maximum allowed payload size (6291556 bytes).\",\"errorType\":\"RequestEntityTooLarge\"}"u8,
    };
}
