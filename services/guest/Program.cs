using Glue.Contracts.Channel;
using Glue.Guest;
using Glue.Guest.Launch;
using Glue.Guest.Native;

// glue-agent                  the agent: speaks on file descriptor 3
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

new Agent(ChannelProtocol.FileDescriptor).Run();
return 0;
