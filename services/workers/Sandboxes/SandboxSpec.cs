using Glue.Contracts.Functions;

namespace Glue.Workers.Sandboxes;

/// <summary>What a driver must know to start a sandbox.</summary>
/// <param name="Id">32 hexadecimal digits, unique.</param>
/// <param name="Version">Sizes and names; its code is not read from here.</param>
/// <param name="CodeFolder">The unpacked code, to be seen read-only at <c>/var/task</c>.</param>
/// <param name="IsTemplate">True: it runs no invocation, and is to become the version's snapshot (<see cref="IRunningSandbox.SaveAsync"/>).</param>
public sealed record SandboxSpec(string Id, FunctionVersion Version, string CodeFolder, bool IsTemplate = false);
