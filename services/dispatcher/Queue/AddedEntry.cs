using System.Runtime.InteropServices;

namespace Glue.Dispatcher.Queue;

/// <summary>What became of an invocation that was to be added.</summary>
/// <param name="IsNew">False: its id was known.</param>
/// <param name="Entry">Its number.</param>
/// <param name="IsReady">False: it is held behind an earlier one of its order key.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AddedEntry(bool IsNew, long Entry, bool IsReady);
