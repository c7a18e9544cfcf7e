namespace Glue.Workers.Code;

/// <summary>A version's code as it lies on the worker: <c>task</c>, seen at <c>/var/task</c>, and <c>opt</c>, its layers merged, seen at <c>/opt</c>.</summary>
public static class CodeFolder
{
    public static string Task(string folder) => Path.Combine(folder, "task");

    public static string Layers(string folder) => Path.Combine(folder, "opt");
}
