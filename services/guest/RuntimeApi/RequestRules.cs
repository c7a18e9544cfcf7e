using Glue.Contracts.Channel;

namespace Glue.Guest.RuntimeApi;

/// <summary>Which requests are in order, as the invocation stands. Of polls the server judges: one may have to read on first.</summary>
internal static class RequestRules
{
    /// <returns>Null: it is.</returns>
    public static Refusal? Judge(in RequestHead head, Invocation invocation, StreamedAnswer streamed) => head.Operation switch
    {
        Operation.Unknown => Refusal.UnknownPath,
        >= Operation.ExtensionRegister => null,
        // As Lambda, which has these paths only in environments of the type snap-start (its Runtime Interface Emulator, read 2026-11).
        Operation.RestoreNext or Operation.RestoreError when !invocation.IsOfTemplate => Refusal.UnknownPath,
        Operation.MethodNotAllowed => Refusal.MethodNotAllowed,
        Operation.InitError => invocation.IsInitialising ? null : Refusal.WrongState,
        Operation.RestoreNext => invocation.MayWaitForRestore ? null : Refusal.WrongState,
        Operation.RestoreError => invocation.IsRestoring ? null : Refusal.WrongState,
        _ when !invocation.IsCurrent(head.RequestId) => Refusal.UnknownRequestId,
        Operation.Response when streamed.HasBegun => Refusal.WrongState,
        _ when head.IsStreamed => null,
        _ => head.ContentLength > ChannelProtocol.MaxResultBytes ? Refusal.TooLarge : null,
    };

    public static ResultKind KindOf(Operation operation) => operation switch
    {
        Operation.Response => ResultKind.Response,
        Operation.Error => ResultKind.Error,
        Operation.RestoreError => ResultKind.RestoreError,
        _ => ResultKind.InitError,
    };
}
