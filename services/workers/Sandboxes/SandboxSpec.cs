using Glue.Contracts.Functions;

namespace Glue.Workers.Sandboxes;

/// <summary>What a driver must know to start a sandbox.</summary>
/// <param name="Id">32 hexadecimal digits, unique.</param>
/// <param name="Version">Sizes and names; its code is not read from here.</param>
/// <param name="CodeFolder">The unpacked code and layers, to be seen read-only (<see cref="Code.CodeFolder"/>).</param>
/// <param name="Purpose">A <see cref="SandboxPurpose.Provisioned"/> one runs the function's init itself, as Lambda's does: never from the function's snapshot.</param>
public sealed record SandboxSpec(string Id, FunctionVersion Version, string CodeFolder, SandboxPurpose Purpose = SandboxPurpose.OnDemand)
{
    public bool IsTemplate => Purpose == SandboxPurpose.Template;

    public bool MayUseFunctionSnapshot => Purpose == SandboxPurpose.OnDemand && Version.AllowsSnapshot;
}
