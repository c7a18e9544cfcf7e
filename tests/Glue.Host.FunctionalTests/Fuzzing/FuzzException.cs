namespace Glue.Host.FunctionalTests.Fuzzing;

/// <summary>A call that was not answered as it must be.</summary>
/// <param name="seed">Of the run.</param>
/// <param name="service">Whose call.</param>
/// <param name="number">Which of them.</param>
/// <param name="call">As it went out.</param>
/// <param name="what">Happened then.</param>
internal sealed class FuzzException(int seed, string service, int number, SentCall call, string what) : Exception(
    string.Join('\n', [SentCall.Cut($"GLUE_SEED={seed}, call {number} of {service}: {what}"), .. call.Summary]))
{
    public SentCall Call { get; } = call;
}
