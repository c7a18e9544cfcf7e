using System.Data.Common;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.Dispatch;

/// <summary>A full disk or a lost database must not lose an outcome nor end the process: the step is repeated until it works.</summary>
internal sealed class QueuePatience(DispatcherOptions options, TimeProvider time, ILogger logger)
{
    /// <param name="step">A step on the queue.</param>
    /// <param name="giveUp">Ends the waiting between two tries.</param>
    public async Task<T> RepeatAsync<T>(Func<Task<T>> step, CancellationToken giveUp)
    {
        while (true)
        {
            try
            {
                return await step();
            }
            catch (DbException e)
            {
                Log.QueueFailed(logger, e);
                await Task.Delay(options.FirstBackoff, time, giveUp);
            }
        }
    }
}
