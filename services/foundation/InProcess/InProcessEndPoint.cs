using System.Net;
using System.Net.Sockets;

namespace Glue.Foundation.InProcess;

/// <summary>An address of Kestrel's that no socket is behind: its connections come from this process (<see cref="InProcessListener"/>).</summary>
/// <param name="name">For messages; two of the same name are the same.</param>
public sealed class InProcessEndPoint(string name) : EndPoint
{
    public string Name { get; } = name;

    /// <summary>None. The base class throws, and Kestrel asks for it as soon as somebody listens to its connection metrics.</summary>
    public override AddressFamily AddressFamily => AddressFamily.Unspecified;

    public override bool Equals(object? obj) => obj is InProcessEndPoint other && other.Name == Name;

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Name;
}
