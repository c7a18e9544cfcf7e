using System.Text;
using Glue.Contracts.Channel;
using Glue.Guest.Channel;
using Glue.Guest.Native;
using Glue.Guest.Runtime;
using Glue.Guest.Telemetry;

namespace Glue.Guest.Extensions;

/// <summary>The extensions of a sandbox: their processes, who registered, who waits. Empty for nearly every function.</summary>
internal sealed unsafe class ExtensionSet(ChannelLink channel, Poll poll, TelemetryHub hub, PlatformEvents platform)
{
    /// <summary>That may register (Lambda Developer Guide, "Extensions API", read 2026-11).</summary>
    public const int MaxRegistered = 10;

    private const int FirstStream = 3;

    /// <summary>What extensions do not get of the runtime's environment (Lambda Developer Guide, "Configuring Lambda extensions", read 2026-11).</summary>
    private static readonly string[] Withheld =
        ["AWS_EXECUTION_ENV=", "AWS_LAMBDA_LOG_GROUP_NAME=", "AWS_LAMBDA_LOG_STREAM_NAME=", "LAMBDA_RUNTIME_DIR=", "LAMBDA_TASK_ROOT=", "_HANDLER="];

    private readonly List<Extension> _all = [];

    /// <summary>JSON: what a registration is answered with.</summary>
    public string Registration { get; private set; } = "{}";

    public string AccountId { get; private set; } = "";

    public uint ShutdownTimeoutMs { get; private set; }

    public bool IsAny => _all.Count > 0;

    /// <summary>Only during init.</summary>
    public bool MayRegister { get; private set; } = true;

    /// <summary>Set once: it ends the sandbox.</summary>
    public ExtensionFailure? Failure { get; private set; }

    /// <summary>The processes are there: the runtime may start (as Lambda's, which waits for them before it starts the runtime).</summary>
    public bool HaveRegistered => _all.TrueForAll(static each => each.Identifier is not null);

    /// <summary>All of them wait for their next event: what was begun is done.</summary>
    public bool AreWaiting => _all.Count == 0 || _all.TrueForAll(static each => each.IsWaiting);

    public bool AreFull => _all.Count(static each => each.Identifier is not null) >= MaxRegistered;

    /// <summary>Some want to be told before the end.</summary>
    public bool WantShutdown => _all.Exists(static each => IsToBeTold(each));

    public Extension? WithName(string name) => _all.Find(each => each.Name == name);

    public Extension? WithIdentifier(string identifier) => _all.Find(each => each.Identifier == identifier);

    /// <summary>Starts the processes that the Init frame names.</summary>
    public void Start(in InitMessage message, byte* payload)
    {
        var texts = new Texts(payload);
        var folder = texts.Next();
        for (var i = 0; i < message.ArgumentCount; i++)
        {
            texts.Next();
        }

        var environment = stackalloc byte*[message.EnvironmentCount + 1];
        var kept = 0;
        for (var i = 0; i < message.EnvironmentCount; i++)
        {
            var variable = texts.Next();
            if (!IsWithheld(variable))
            {
                environment[kept++] = variable;
            }
        }

        environment[kept] = null;
        ShutdownTimeoutMs = message.ShutdownTimeoutMs;
        Registration = Text(texts.Next());
        AccountId = Text(texts.Next());
        hub.Begin(Text(texts.Next()), message.ExtensionCount > 0);
        for (var i = 0; i < message.ExtensionCount && Failure is null; i++)
        {
            Start(message, Text(texts.Next()), folder, environment);
        }
    }

    /// <summary>One that runs inside the runtime.</summary>
    public Extension AddInternal(string name)
    {
        var extension = new Extension(name);
        _all.Add(extension);
        return extension;
    }

    /// <summary>Init is over: who came later comes too late.</summary>
    public void CloseRegistration()
    {
        if (!MayRegister)
        {
            return;
        }

        MayRegister = false;
        foreach (var each in _all)
        {
            List<string> events = [.. ((ExtensionEvents[])[ExtensionEvents.Invoke, ExtensionEvents.Shutdown])
                .Where(one => each.Events.HasFlag(one)).Select(static one => one.ToString().ToUpperInvariant())];
            channel.Send(FrameType.Extension, 0, Encoding.UTF8.GetBytes(string.Join('\n', events.Prepend(each.Name))));
            platform.ExtensionReady(each.Name, events);
        }

        hub.Close();
    }

    public void Fail(string type, string text, int status = 0) => Failure ??= new ExtensionFailure(type, text, status);

    /// <summary>A child ended that may have been one of these.</summary>
    public void Ended(int pid, int status)
    {
        if (_all.Find(each => each.Pid == pid) is not { } extension)
        {
            return; // an orphan
        }

        Libc.close(extension.PidFd); // leaves the epoll set by itself
        extension.Pid = 0;
        Fail("Extension.Crash", extension.Name, status);
    }

    /// <summary>Hands an event to those that want it.</summary>
    public void Tell(ExtensionEvents which, byte[] document)
    {
        foreach (var each in _all)
        {
            if (each.Events.HasFlag(which))
            {
                ExtensionReplies.Event(each, document);
            }
        }
    }

    /// <param name="stream">As in <see cref="FrameType.Log"/>.</param>
    public void ReadOutput(int stream) => _all[stream - FirstStream].Output!.Read();

    /// <summary>The channel has room again.</summary>
    public void ResumeOutput()
    {
        foreach (var each in _all)
        {
            each.Output?.Resume();
        }
    }

    public void DrainOutput()
    {
        foreach (var each in _all)
        {
            each.Output?.Drain();
        }
    }

    private static bool IsToBeTold(Extension extension) => extension.Pid > 0 && extension.Events.HasFlag(ExtensionEvents.Shutdown);

    private static string Text(byte* text) => Encoding.UTF8.GetString(System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    private static bool IsWithheld(byte* variable)
    {
        var text = Text(variable);
        return Array.Exists(Withheld, name => text.StartsWith(name, StringComparison.Ordinal));
    }

    private void Start(in InitMessage message, string name, byte* folder, byte** environment)
    {
        var output = new OutputPipe(channel, poll, hub, FirstStream + _all.Count);
        var extension = new Extension(name) { Output = output };
        _all.Add(extension);
        var end = output.Open();
        var arguments = stackalloc byte*[2];
        int errno;
        int pid;
        fixed (byte* program = Encoding.UTF8.GetBytes($"/opt/extensions/{name}\0"))
        {
            arguments[0] = program;
            arguments[1] = null;
            errno = Child.Start(message, folder, arguments, environment, end, end, out pid);
        }

        Libc.close(end);
        if (errno != 0)
        {
            Fail("Extension.LaunchError", $"{name} could not be started, errno {errno}");
            return;
        }

        extension.Pid = pid;
        extension.PidFd = Native.Fail.IfNegative((int)Libc.syscall(Libc.SYS_pidfd_open, pid, 0), "pidfd_open");
        poll.Add(extension.PidFd, Libc.EPOLLIN, Source.ExtensionExit);
    }
}
