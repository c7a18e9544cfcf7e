using Glue.Dispatcher.LambdaApi;
using Glue.Dispatcher.Ledger;
using Glue.Dispatcher.Queue;

namespace Glue.Dispatcher.DeadLetters;

/// <summary>
/// <c>POST /glue/v1/dead-letters/ID/redrive</c> and <c>POST /glue/v1/dead-letters/redrive[?function=&amp;limit=]</c> (newest first, at most 1000 a call):
/// try again what was given up. They are read as invocations whose state is <c>dead</c>.
/// </summary>
internal sealed class DeadLetterApi(ILedger ledger, IInvocationQueue queue)
{
    private const int MaxPerCall = 1000;

    public async Task RedriveOneAsync(ApiCall call, string id)
    {
        if (await queue.RedriveAsync(call.AccountId, [id], call.Aborted) == 0)
        {
            throw LambdaException.NotFound($"There is no dead letter {id}.");
        }

        await AnswerAsync(call, 1);
    }

    public async Task RedriveAllAsync(ApiCall call)
    {
        var limit = call.Query("limit") is not { } text ? MaxPerCall
            : int.TryParse(text, out var number) && number is >= 1 and <= MaxPerCall ? number
            : throw LambdaException.InvalidParameter($"limit '{text}' is not a number from 1 to {MaxPerCall}.");
        var dead = ledger.List(new LedgerQuery
        {
            AccountId = call.AccountId, FunctionName = call.Query("function"), State = InvocationState.Dead, Limit = limit,
        });
        await AnswerAsync(call, await queue.RedriveAsync(call.AccountId, [.. dead.Select(static entry => entry.Id)], call.Aborted));
    }

    private static Task AnswerAsync(ApiCall call, int count) => call.OkAsync(new RedriveResponse(count), ApiJson.Default.RedriveResponse);
}
