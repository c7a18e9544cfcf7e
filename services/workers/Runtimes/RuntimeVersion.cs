namespace Glue.Workers.Runtimes;

/// <summary>The exact runtime behind a name, as INIT_START tells it.</summary>
/// <param name="Version"><c>python:3.12.v3.13.5</c> is python3.12, run by Python 3.13.5; <c>provided:al2023.v1</c> has nothing to tell.</param>
/// <param name="Arn">Changes whenever the version does.</param>
public sealed record RuntimeVersion(string Version, string Arn);
