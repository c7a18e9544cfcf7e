using Glue.Contracts.Channel;
using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;

namespace Glue.Workers.Sandboxes;

/// <summary>The frame that starts a runtime, or wakes a restored one.</summary>
internal static class InitFrame
{
    public static byte[] Compose(
        FunctionVersion version, RuntimeCommand command, IRunningSandbox running, SandboxPurpose purpose, string logStream, SessionKey? keys, WorkersOptions options)
    {
        var limits = new InitMessage
        {
            OpenFiles = 1024,
            Processes = 1024,
            InitTimeoutMs = (uint)(running.StartKind == SandboxStart.FunctionSnapshot ? options.RestoreTimeout : InitLimit.Of(version, purpose, options)).TotalMilliseconds,
            DataLimitBytes = running.DataLimitBytes,
            MemoryLimitKiB = running.GuardedMemoryKiB,
            ShutdownTimeoutMs = (ushort)options.ShutdownTimeout.TotalMilliseconds,
        };
        var environment = SandboxEnvironment.Compose(version, logStream, command, purpose, keys);
        var payload = InitMessage.Encode(limits, "/var/task", command.Arguments, environment, Extensions.For(version, command.Runtime, purpose, command.Extensions));
        var frame = new byte[FrameHeader.Size + payload.Length];
        new FrameHeader(payload.Length, FrameType.Init, purpose == SandboxPurpose.Template ? InitMessage.Template : 0).Write(frame);
        payload.CopyTo(frame, FrameHeader.Size);
        return frame;
    }
}
