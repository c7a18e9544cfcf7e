using Glue.Functions.Objects;
using Glue.Functions.Transform.Media;
using Glue.Functions.Transform.Pipelines;

namespace Glue.Functions.Transform;

/// <summary>The function's environment.</summary>
/// <param name="Output">Where results go.</param>
/// <param name="PipelineText"><c>TRANSFORM</c>: YAML or JSON, or <c>s3://BUCKET/KEY</c> of an object that holds it.</param>
/// <param name="PseudonymKey"><c>PSEUDONYM_KEY</c>: the secret of the step pseudonymise.</param>
/// <param name="Media"><c>MEDIA</c>: objects are recordings, not records. Null: they are records.</param>
internal sealed record TransformSettings(OutputPlace Output, string PipelineText, string? PseudonymKey, MediaSettings? Media)
{
    private const string Scheme = "s3://";

    /// <exception cref="SettingsException">One or more are wrong; the message names all of them.</exception>
    public static TransformSettings Read(Func<string, string?> variable)
    {
        var settings = new Settings(variable);
        var read = new TransformSettings(
            OutputPlace.Read(settings, "transformed/", "results"), settings.Text("TRANSFORM") ?? "", settings.Text("PSEUDONYM_KEY"),
            MediaSettings.Read(settings));
        if (read.PipelineText.StartsWith(Scheme, StringComparison.Ordinal) && read.PipelineObject is null)
        {
            settings.Fault($"TRANSFORM is '{read.PipelineText}': the address of an object is s3://BUCKET/KEY");
        }

        settings.ThrowIfWrong();
        return read;
    }

    /// <summary>Bucket and key of the pipeline; null when it stands in the variable itself.</summary>
    public (string Bucket, string Key)? PipelineObject =>
        PipelineText.StartsWith(Scheme, StringComparison.Ordinal) && PipelineText[Scheme.Length..].Split('/', 2) is [{ Length: > 0 } bucket, { Length: > 0 } key]
            ? (bucket, key)
            : null;

    /// <summary>A pipeline for one object: its steps remember what they see. Without <c>TRANSFORM</c> records become JSON lines as they are.</summary>
    /// <exception cref="SettingsException">It cannot be carried out.</exception>
    public Pipeline Pipeline(string text) => new PipelineReader(PseudonymKey).Read(text.Length > 0 ? text : "{}");
}
