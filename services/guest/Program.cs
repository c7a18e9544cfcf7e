using Glue.Contracts.Channel;
using Glue.Guest;
using Glue.Guest.Boot;
using Glue.Guest.Launch;
using Glue.Guest.Native;
using Glue.Guest.Storage;

// glue-agent                  the agent of a process sandbox: speaks on file descriptor 3, and hands its storage port over on 4
// glue-agent microvm          the agent as PID 1 of a microVM, the argument given by the kernel's command line: see MicroVm
// glue-agent launch … -- …    the way into a process sandbox, run by the worker: see Launcher
if (args is ["launch", ..])
{
    return Launcher.Run(args.AsSpan(1));
}

unsafe
{
    // Functions run under the agent's own user: undumpable, they can neither trace it nor look into its memory and descriptors.
    Fail.IfNegative(Libc.prctl(Libc.PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl");
    Libc.signal(Libc.SIGPIPE, Libc.SIG_IGN);
}

if (args is ["microvm", ..])
{
    MicroVm.Run();
}

if (!PortHandover.TryRun())
{
    return 1;
}

new Agent(ChannelProtocol.FileDescriptor, guest: null).Run();
return 0;
