using System.Globalization;
using System.Reflection;
using Glue.Functions.Runtime;

namespace Glue.Functions.Dotnet;

/// <summary>The function's log as its own <c>Amazon.Lambda.Core.ILambdaLogger</c>: <c>Log</c>, <c>LogLine</c>, and the methods of each level in all their forms.</summary>
internal static class LoggerAdapter
{
    public static object Over(Type contract) => InterfaceAdapter.Over(contract, static (member, arguments) =>
    {
        Write(member, arguments);
        return null;
    });

    /// <summary>A level comes with the name (<c>LogError</c>) or as first argument (<c>Log("Error", …)</c>); an exception, the text and its arguments follow.</summary>
    private static void Write(MethodInfo member, object?[] arguments)
    {
        var log = FunctionLog.Current;
        var parameters = member.GetParameters();
        switch (member.Name)
        {
            case "Log" when arguments is [string text]:
                log.Log(text);
                return;
            case "LogLine" when arguments is [string text]:
                log.LogLine(text);
                return;
            case "Log" when arguments is [var level, ..]:
                WriteAt($"{level}", arguments[1..], parameters[1..]);
                return;
            case ['L', 'o', 'g', .. var level]:
                WriteAt(level, arguments, parameters);
                return;
            default:
                return; // settings of a later version of the interface
        }
    }

    private static void WriteAt(string level, object?[] arguments, ParameterInfo[] parameters)
    {
        var exception = arguments is [Exception first, ..] ? first : null;
        var rest = exception is null && parameters is not [{ ParameterType.Name: nameof(Exception) }, ..] ? arguments : arguments[1..];
        var text = Format(rest is [string template, ..] ? template : "", rest is [_, object?[] values] ? values : []);
        Put(level, exception is null ? text : $"{text}{(text.Length > 0 ? "\n" : "")}{exception}");
    }

    private static void Put(string level, string text)
    {
        var log = FunctionLog.Current;
        Action<string> put = level switch
        {
            "Trace" => log.LogTrace,
            "Debug" => log.LogDebug,
            "Warning" => log.LogWarning,
            "Error" => log.LogError,
            "Critical" => log.LogCritical,
            _ => log.LogInformation,
        };
        put(text);
    }

    /// <summary>Message templates: <c>{name}</c>, <c>{0}</c> and <c>{name:format}</c> take the arguments in their order.</summary>
    private static string Format(string template, object?[] values)
    {
        var text = new System.Text.StringBuilder();
        var next = 0;
        for (var at = 0; at < template.Length; at++)
        {
            var end = template[at] == '{' && next < values.Length ? template.IndexOf('}', at) : -1;
            if (end < 0)
            {
                text.Append(template[at]);
                continue;
            }

            var name = template[(at + 1)..end].TrimStart('@', '$');
            var format = name.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0 ? name[colon..] : "";
            text.AppendFormat(CultureInfo.InvariantCulture, $"{{0{format}}}", values[next++]);
            at = end;
        }

        return text.ToString();
    }
}
