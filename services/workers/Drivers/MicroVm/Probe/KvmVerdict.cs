using System.Text.Json.Serialization;

namespace Glue.Workers.Drivers.MicroVm.Probe;

/// <summary>Whether KVM runs our guests on this machine.</summary>
/// <param name="Key">What the answer depends on: boot of the host, VMM, kernel.</param>
/// <param name="IsUsable">A guest was booted, saved and restored.</param>
/// <param name="Reason">What was seen, in a sentence.</param>
internal sealed record KvmVerdict(string Key, bool IsUsable, string Reason);

[JsonSerializable(typeof(KvmVerdict))]
internal sealed partial class KvmVerdictJson : JsonSerializerContext;
