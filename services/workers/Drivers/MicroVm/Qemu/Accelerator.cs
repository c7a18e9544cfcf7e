namespace Glue.Workers.Drivers.MicroVm.Qemu;

/// <summary>What runs the guest's instructions.</summary>
public enum Accelerator
{
    /// <summary>The processor itself (Linux KVM).</summary>
    Kvm,

    /// <summary>QEMU's translator: everywhere, and five to ten times slower.</summary>
    Tcg,
}
