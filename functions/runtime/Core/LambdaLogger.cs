namespace Glue.Functions.Runtime;

/// <summary>The function's log from code that has no context at hand.</summary>
public static class LambdaLogger
{
    /// <summary>As it is: no line end, no level.</summary>
    public static void Log(string message) => FunctionLog.Current.Log(message);
}
