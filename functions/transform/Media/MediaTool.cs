using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Glue.Functions.Transform.Media;

/// <summary>Runs the distribution's ffmpeg and ffprobe: files of the sandbox only, the usual containers only, and never longer than allowed.</summary>
internal static class MediaTool
{
    private const int KeptOfErrors = 4096;
    private const int SignalExit = 128; // and the signal's number

    /// <summary>
    /// Playlists and scripts (hls, concat, …) are not among them: they name other files, and the function's own environment is one.
    /// </summary>
    private const string Containers =
        "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,asf,flv,mpegts,mpeg,mp3,wav,w64,flac,ogg,aac,amr,aiff,caf,gif,dv,mxf";

    public static readonly string[] Input = ["-protocol_whitelist", "file", "-format_whitelist", Containers];

    /// <returns>Null: it is installed.</returns>
    public static string? Missing()
    {
        try
        {
            var (exit, _, errors) = Run("ffmpeg", ["-hide_banner", "-version"], TimeSpan.FromSeconds(20));
            return exit == 0 ? null : $"ffmpeg does not start: {Reason(exit, errors)}";
        }
        catch (Win32Exception)
        {
            return "ffmpeg is not installed where functions run; it is the distribution's package ffmpeg";
        }
    }

    /// <param name="program">Of the two.</param>
    /// <param name="arguments">Its.</param>
    /// <param name="limit">It is ended then.</param>
    /// <param name="pointless">It is ended as soon as this is cancelled.</param>
    /// <exception cref="OutOfTimeException">It was ended for taking longer than <paramref name="limit"/>.</exception>
    /// <exception cref="Win32Exception">There is no such program.</exception>
    public static (int Exit, string Output, string Errors) Run(string program, IEnumerable<string> arguments, TimeSpan limit, CancellationToken pointless = default)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        var path = start.Environment["PATH"];
        start.Environment.Clear(); // it reads untrusted files: the function's secrets are not its business
        start.Environment["PATH"] = path;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, errors) = (new StringBuilder(), new StringBuilder());
        process.OutputDataReceived += (_, line) => Keep(output, line.Data, int.MaxValue);
        process.ErrorDataReceived += (_, line) => Keep(errors, line.Data, KeptOfErrors);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var ending = pointless.UnsafeRegister(static process => ((Process)process!).Kill(), process);
        if (!process.WaitForExit(limit))
        {
            process.Kill();
            process.WaitForExit();
            throw new OutOfTimeException($"while {program} ran");
        }

        process.WaitForExit(); // for the last lines
        return (process.ExitCode, output.ToString(), errors.ToString());
    }

    /// <summary>Why a program failed: its last line, or the signal that ended it.</summary>
    public static string Reason(int exit, string errors) => exit > SignalExit
        ? $"it was ended by signal {exit - SignalExit}, most likely because the function's memory was not enough; give it more"
        : LastLine(errors);

    private static string LastLine(string errors) =>
        errors.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "it gave no reason";

    private static void Keep(StringBuilder lines, string? line, int most)
    {
        if (line is null)
        {
            return; // the end
        }

        lines.Append(line).Append('\n');
        if (lines.Length > most)
        {
            lines.Remove(0, lines.Length - most);
        }
    }
}
