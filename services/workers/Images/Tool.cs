using System.ComponentModel;
using System.Diagnostics;

namespace Glue.Workers.Images;

/// <summary>Runs one of the distribution's tools to its end.</summary>
internal static class Tool
{
    /// <summary>Runs and returns standard output.</summary>
    /// <param name="file">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">Fed to its standard input; null: nothing.</param>
    /// <param name="line">Called for each line of standard error.</param>
    /// <param name="cancellationToken">Kills it with all its children.</param>
    /// <exception cref="ImageBuildException">Missing, or ended with another code than 0.</exception>
    public static async Task<string> RunAsync(
        string file, IEnumerable<string> arguments, Stream? input = null, Action<string>? line = null, CancellationToken cancellationToken = default)
    {
        using var process = new Process { StartInfo = new ProcessStartInfo(file, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["SOURCE_DATE_EPOCH"] = Reproducible.EpochText, ["LC_ALL"] = "C.UTF-8", ["TZ"] = "UTC" },
        } };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            throw new ImageBuildException($"{file} is not installed (./glue doctor names the package).", e);
        }

        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var said = ReadLinesAsync(process.StandardError, line, cancellationToken);
            if (input is not null)
            {
                await input.CopyToAsync(process.StandardInput.BaseStream, cancellationToken);
            }

            process.StandardInput.Close();
            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0)
            {
                throw new ImageBuildException($"{file} ended with code {process.ExitCode}:\n{await said}");
            }

            return await output;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>Passes lines on and keeps the last twenty for an error message.</summary>
    private static async Task<string> ReadLinesAsync(StreamReader reader, Action<string>? line, CancellationToken cancellationToken)
    {
        var last = new Queue<string>();
        while (await reader.ReadLineAsync(cancellationToken) is { } text)
        {
            line?.Invoke(text);
            last.Enqueue(text);
            if (last.Count > 20)
            {
                last.Dequeue();
            }
        }

        return string.Join('\n', last);
    }
}
