using Spectre.Console;

namespace Glue.Host.Store;

/// <summary>A verification as its user sees it: a bar while it goes, a line for each damaged body, a sum at the end.</summary>
internal static class VerifyView
{
    /// <returns>The last line.</returns>
    public static async Task<VerifyProgress> ShowAsync(IAsyncEnumerable<VerifyProgress> lines)
    {
        VerifyProgress last = new(0, 0, 0, 0, 0, null, null, null, null, null, Done: false);
        await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask("verifying");
                await foreach (var line in lines)
                {
                    last = line;
                    bar.MaxValue = Math.Max(1, line.TotalBytes);
                    bar.Value = Math.Min(line.Bytes, bar.MaxValue);
                    if (line.What is not null)
                    {
                        AnsiConsole.MarkupLineInterpolated($"[red]damaged[/] {Name(line)}: {line.What}");
                    }
                }

                bar.Value = bar.MaxValue;
            });
        AnsiConsole.WriteLine($"{last.Bodies} bodies, {ByteSize.Format(last.Bytes)} read from the disk, {last.Damaged} damaged");
        if (last.Damaged > 0)
        {
            AnsiConsole.WriteLine("Damaged bodies are not served any more (500 ObjectDamaged). Put those objects again, or delete them.");
        }

        return last;
    }

    private static string Name(VerifyProgress line) =>
        $"{line.Bucket}/{line.Key}" + (line.Part is not null ? $" (upload and part {line.Part})" : line.VersionId is null or "null" ? "" : $" (version {line.VersionId})");
}
