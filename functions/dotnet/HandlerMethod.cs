using System.Reflection;
using System.Runtime.CompilerServices;

namespace Glue.Functions.Dotnet;

/// <summary>Finds the method that a handler's name means, and says why one cannot be a handler, in the words of Lambda's .NET runtime.</summary>
internal static class HandlerMethod
{
    public const string ContextType = "Amazon.Lambda.Core.ILambdaContext";

    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy;

    /// <exception cref="LambdaValidationException">There is no such method, there are several, or it cannot be a handler.</exception>
    public static MethodInfo Find(Assembly assembly, HandlerName name)
    {
        var type = assembly.GetType(name.Type) ?? throw new LambdaValidationException($"Unable to load type '{name.Type}' from assembly '{name.Assembly}'.");
        MethodInfo[] found = [.. type.GetMethods(Any).Where(each => each.Name == name.Method || each.ToString() == name.Method)];
        MethodInfo[] exact = [.. found.Where(each => each.ToString() == name.Method)];
        var method = (exact.Length == 1 ? exact : found) switch
        {
            [] => throw new LambdaValidationException($"Unable to find method '{name.Method}' in type '{name.Type}' from assembly '{name.Assembly}': Found no methods matching method name '{name.Method}'."),
            [var only] => only,
            var several => throw new LambdaValidationException(
                $"The method '{name.Method}' in type '{name.Type}' appears to have a number of overloads. To call this method please specify a complete method signature. "
                + $"Possible candidates are:\n{string.Join('\n', several.Select(static each => each.ToString()))}."),
        };
        CheckType(type, method);
        CheckMethod(method);
        return method;
    }

    private static void CheckType(Type type, MethodInfo method)
    {
        if (type.IsGenericType)
        {
            throw new LambdaValidationException(
                $"The type '{type.FullName}' cannot be used as a Lambda Handler type because it is generic. Handler methods cannot be located in generic types. "
                + "Please specify a handler method in a non-generic type.");
        }

        if (!method.IsStatic && type.IsAbstract)
        {
            throw new LambdaValidationException(
                $"The instance method '{method}' cannot be used as a Lambda Handler because its type '{type.FullName}' is abstract. Please either use a static handler or specify a type that is not abstract.");
        }
    }

    private static void CheckMethod(MethodInfo method)
    {
        var parameters = method.GetParameters();
        var fault = method.IsGenericMethod ? "it is a generic method. Handler methods cannot be generic. Please specify a non-generic handler method."
            : method.ReturnType == typeof(void) && method.IsDefined(typeof(AsyncStateMachineAttribute))
                ? "it is an 'async void' method. Handler methods cannot be 'async void'. Please specify a method that is not 'async void'."
            : parameters is [.., var last] && last.IsDefined(typeof(ParamArrayAttribute)) ? "it is a 'params' method. Please specify a method that does not use 'params'."
            : null;
        if (fault is not null)
        {
            throw new LambdaValidationException($"The method '{method}' cannot be used as a Lambda Handler because {fault}");
        }

        fault = parameters.Length > 2 ? "the method has more than 2 parameters."
            : parameters is [_, var second] && second.ParameterType.FullName != ContextType ? $"the method has 2 parameters, but the second parameter is not of type '{ContextType}'."
            : null;
        if (fault is not null)
        {
            throw new LambdaValidationException($"Method '{method.Name}' of type '{method.DeclaringType}' is not supported: {fault}");
        }
    }
}
