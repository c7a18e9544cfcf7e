using System.IO.Pipelines;

namespace Glue.Foundation.InProcess;

/// <summary>One end of a byte stream with two directions.</summary>
internal sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
