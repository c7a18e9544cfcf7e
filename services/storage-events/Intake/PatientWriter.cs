using Microsoft.Extensions.Logging;

namespace Glue.StorageEvents.Intake;

/// <summary>Writes until it is taken: a full disk or queue is waited out, and said once. Used by one loop.</summary>
internal sealed class PatientWriter(StorageEventsOptions options, TimeProvider time, IntakeMetrics metrics, ILogger logger)
{
    /// <param name="where">For people: what takes it.</param>
    /// <param name="write">May run several times.</param>
    /// <param name="stoppingToken">Ends the waiting.</param>
    public async Task<T> WriteAsync<T>(string where, Func<Task<T>> write, CancellationToken stoppingToken)
    {
        var wait = options.RetryFirst;
        for (var failures = 0; ; failures++)
        {
            try
            {
                var result = await write();
                if (failures > 0)
                {
                    Log.TakenAgain(logger, where, failures);
                }

                return result;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                if (failures == 0)
                {
                    Log.NotTaken(logger, where, e); // once, not at every try: it may take hours until there is room again
                }
            }

            metrics.Refused();
            await Task.Delay(wait, time, stoppingToken);
            wait = wait * 2 < options.RetryMaximum ? wait * 2 : options.RetryMaximum;
        }
    }

    /// <summary><see cref="WriteAsync{T}"/> without a result.</summary>
    public Task WriteAsync(string where, Func<Task> write, CancellationToken stoppingToken) =>
        WriteAsync(
            where,
            async () =>
            {
                await write();
                return true;
            },
            stoppingToken);
}
