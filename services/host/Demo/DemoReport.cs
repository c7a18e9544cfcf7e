using System.Globalization;
using Spectre.Console;

namespace Glue.Host.Demo;

/// <summary>The table a demo ends with: where the milliseconds of each picture went.</summary>
internal static class DemoReport
{
    public static void Show(IReadOnlyList<DemoItem> pictures)
    {
        var table = new Table().AddColumns("object", "thumbnail", "start", "put ms", "queue ms", "start ms", "run ms", "total ms");
        foreach (var picture in pictures)
        {
            table.AddRow([.. Row(picture).Select(static cell => Markup.Escape(cell))]);
        }

        AnsiConsole.Write(table);
        foreach (var picture in pictures.Where(static picture => picture.Failure is not null))
        {
            AnsiConsole.MarkupLineInterpolated($"[red]{picture.Name}:[/] {picture.Failure}");
            if (picture.Invocation?.LogTail is { Length: > 0 } log)
            {
                AnsiConsole.WriteLine(log);
            }
        }
    }

    private static string[] Row(DemoItem picture)
    {
        if (picture.Invocation is not { StartedAt: { } startedAt, FinishedAt: { } finishedAt } invocation)
        {
            return [picture.Name, "missing", "", Ms(picture.Put.TotalMilliseconds), "", "", "", ""];
        }

        return
        [
            picture.Name,
            picture.ThumbnailBytes is { } bytes ? $"{Path.GetFileName(picture.ThumbnailPath)} ({bytes:N0} bytes)" : "missing",
            invocation.Start == "warm" ? "warm" : $"cold ({invocation.Start})",
            Ms(picture.Put.TotalMilliseconds),
            Ms((startedAt - invocation.AcceptedAt).TotalMilliseconds),
            Ms(invocation.StartMs),
            Ms(invocation.DurationMs),
            Ms((finishedAt - picture.PutStartedAt).TotalMilliseconds),
        ];
    }

    private static string Ms(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
