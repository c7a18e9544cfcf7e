using Glue.Guest.Runtime;
using Glue.Guest.RuntimeApi;

namespace Glue.Guest.Extensions;

/// <summary>What an extension wants to hear of.</summary>
[Flags]
internal enum ExtensionEvents : byte
{
    None = 0,
    Invoke = 1,
    Shutdown = 2,
}

/// <summary>One extension: a process of its own (<c>/opt/extensions/NAME</c>), or a part of the runtime's.</summary>
internal sealed class Extension(string name)
{
    public string Name { get; } = name;

    /// <summary>Its process; 0: it has none, or none any more.</summary>
    public int Pid { get; set; }

    /// <summary>Becomes readable when the process ends.</summary>
    public int PidFd { get; set; } = -1;

    /// <summary>What the process writes; null for an internal one.</summary>
    public OutputPipe? Output { get; init; }

    public bool IsExternal => Output is not null;

    /// <summary>Given when it registers.</summary>
    public string? Identifier { get; set; }

    public ExtensionEvents Events { get; set; }

    /// <summary>It has asked for its next event and has got none.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>Where it asked.</summary>
    public ApiConnection? Connection { get; set; }

    /// <summary>An event whose reader had gone away: the answer to its next request.</summary>
    public byte[]? Missed { get; set; }
}
