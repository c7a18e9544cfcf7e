using System.Runtime.InteropServices;

namespace Glue.Dispatcher.Fairness;

/// <summary>One logical queue: a function of an account.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FunctionKey(string AccountId, string Name);
