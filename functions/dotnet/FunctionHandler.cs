using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Glue.Functions.Runtime;

namespace Glue.Functions.Dotnet;

/// <summary>A method of a class library, made ready: its object, and how its parameters come from an event and its answer from what it returns.</summary>
internal sealed class FunctionHandler
{
    private readonly AssemblyLoadContext _assemblies;
    private readonly MethodInfo _method;
    private readonly object? _target;
    private readonly FunctionSerializer _serializer;
    private readonly Func<Stream, object?>? _read;
    private readonly Type? _context;
    private readonly Type _answer;
    private readonly Action<object?, Stream>? _write;

    private FunctionHandler(MethodInfo method, object? target)
    {
        _assemblies = AssemblyLoadContext.GetLoadContext(method.Module.Assembly)!;
        _method = method;
        _target = target;
        _serializer = FunctionSerializer.Of(method);
        Type[] parameters = [.. method.GetParameters().Select(static each => each.ParameterType)];
        _context = parameters is [.., { FullName: HandlerMethod.ContextType } context] ? context : null;
        _read = parameters is not [var input, ..] || input == _context ? null : input == typeof(Stream) ? static input => input : _serializer.ReaderOf(input);
        _answer = AnswerOf(method.ReturnType);
        _write = _answer == typeof(void) || _answer.IsAssignableTo(typeof(Stream)) ? null : _serializer.WriterOf(_answer);
    }

    /// <summary>Loads the function: its assembly, and one object of its type.</summary>
    /// <exception cref="LambdaValidationException">It cannot be a handler. What the function's own constructors throw comes as it is.</exception>
    public static FunctionHandler Load(HandlerName name, string folder)
    {
        var assembly = FunctionAssemblies.Load(folder, name.Assembly);
        using var there = AssemblyLoadContext.GetLoadContext(assembly)!.EnterContextualReflection();
        var method = HandlerMethod.Find(assembly, name);
        object? target = null;
        if (!method.IsStatic)
        {
            const BindingFlags own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.DoNotWrapExceptions;
            var type = method.ReflectedType!;
            target = type.IsValueType || type.GetConstructor(Type.EmptyTypes) is not null
                ? Activator.CreateInstance(type, own, null, null, null)
                : throw new LambdaValidationException($"The type '{type.FullName}' has no public constructor without parameters, which the instance method '{name.Method}' needs as a handler: add one, or make the method static.");
        }

        SnapshotHooks.Take(method);
        return new FunctionHandler(method, target);
    }

    /// <summary>Runs the method on one event.</summary>
    public async ValueTask<Stream> InvokeAsync(MemoryStream input, ILambdaContext context, MemoryStream output)
    {
        using var here = _assemblies.EnterContextualReflection(); // Assembly.Load and Type.GetType by name, from anywhere, look there
        object?[] arguments = (_read, _context) switch
        {
            (null, null) => [],
            (null, { } contract) => [ContextAdapter.Over(contract, context, _serializer.Named)],
            ({ } read, null) => [read(input)],
            ({ } read, { } contract) => [read(input), ContextAdapter.Over(contract, context, _serializer.Named)],
        };
        var answer = await Completed(_method.Invoke(_target, BindingFlags.DoNotWrapExceptions, null, arguments, null));
        if (_write is not null)
        {
            _write(answer, output);
        }
        else if (answer is Stream stream)
        {
            return stream;
        }

        return output;
    }

    /// <summary>
    /// In a sandbox that becomes a snapshot: compiles what the first invocation will need, without the handler. A serializer is tried on an event
    /// that it may well refuse; Lambda does the same for provisioned concurrency.
    /// </summary>
    public void WarmUp()
    {
        RuntimeHelpers.PrepareMethod(_method.MethodHandle);
        if (_context is not null)
        {
            ContextAdapter.Over(_context, new LambdaContext("", "", 0, null), _serializer.Named);
        }

        try
        {
            _read?.Invoke(new MemoryStream("{}"u8.ToArray(), writable: false));
            _write?.Invoke(null, new MemoryStream());
        }
        catch (Exception)
        {
            // Its own opinion of an event that is none; what it needed has been compiled.
        }
    }

    private async ValueTask<object?> Completed(object? returned)
    {
        switch (returned)
        {
            case Task task:
                await task;
                return _answer == typeof(void) ? null : ResultOf(task);
            case ValueTask task:
                await task;
                return null;
            default:
                if (_method.ReturnType is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(ValueTask<>))
                {
                    return await Completed(type.GetMethod(nameof(ValueTask<>.AsTask))!.Invoke(returned, null));
                }

                return returned;
        }
    }

    private static object? ResultOf(Task task) => task.GetType().GetProperty(nameof(Task<>.Result))!.GetValue(task, BindingFlags.DoNotWrapExceptions, null, null, null);

    private static Type AnswerOf(Type returned) =>
        returned == typeof(Task) || returned == typeof(ValueTask) ? typeof(void)
        : returned.IsGenericType && returned.GetGenericTypeDefinition() is var open && (open == typeof(Task<>) || open == typeof(ValueTask<>)) ? returned.GetGenericArguments()[0]
        : returned;
}
