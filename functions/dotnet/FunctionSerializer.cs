using System.Reflection;
using System.Text.Json;

namespace Glue.Functions.Dotnet;

/// <summary>
/// Events to objects and objects to answers: by the serializer that the method's or the assembly's <c>LambdaSerializer</c> attribute names,
/// else by System.Text.Json with its defaults for the web (camel case, any case read). Lambda refuses a function that names none.
/// </summary>
/// <param name="named">An <c>Amazon.Lambda.Core.ILambdaSerializer</c> of the function's own; null: none.</param>
/// <param name="contract">That interface.</param>
internal sealed class FunctionSerializer(object? named, Type? contract)
{
    private const string Attribute = "Amazon.Lambda.Core.LambdaSerializerAttribute", Contract = "Amazon.Lambda.Core.ILambdaSerializer";

    /// <summary>What the function named; null when it named none.</summary>
    public object? Named => named;

    /// <exception cref="LambdaValidationException">What is named is no serializer, in the words of Lambda's .NET runtime.</exception>
    public static FunctionSerializer Of(MethodInfo method)
    {
        var attribute = Find(method.GetCustomAttributes()) ?? Find(method.Module.Assembly.GetCustomAttributes());
        if (attribute is null)
        {
            return new FunctionSerializer(null, null);
        }

        var type = attribute.GetType().GetProperty("SerializerType")?.GetValue(attribute) as Type
            ?? throw new LambdaValidationException($"The 'SerializerType' property on attribute class '{Attribute}' is not set.");
        if (type.GetConstructor(Type.EmptyTypes) is not { } constructor)
        {
            throw new LambdaValidationException($"The indicated serializer '{type.FullName}' does not define a public zero-parameter constructor.");
        }

        var contract = type.GetInterface(Contract) ?? throw new LambdaValidationException($"The '{type.FullName}' class is invalid: it does not implement the 'ILambdaSerializer' interface.");
        return new FunctionSerializer(constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [], null), contract);
    }

    /// <summary>Makes what reads events of one type.</summary>
    public Func<Stream, object?> ReaderOf(Type type)
    {
        if (named is null)
        {
            return input => JsonSerializer.Deserialize(input, type, JsonSerializerOptions.Web);
        }

        var method = contract!.GetMethod("Deserialize")!.MakeGenericMethod(type);
        return input => method.Invoke(named, BindingFlags.DoNotWrapExceptions, null, [input], null);
    }

    /// <summary>Makes what writes answers of one type.</summary>
    public Action<object?, Stream> WriterOf(Type type)
    {
        if (named is null)
        {
            return (answer, output) => JsonSerializer.Serialize(output, answer, type, JsonSerializerOptions.Web);
        }

        var method = contract!.GetMethod("Serialize")!.MakeGenericMethod(type);
        return (answer, output) => method.Invoke(named, BindingFlags.DoNotWrapExceptions, null, [answer, output], null);
    }

    private static Attribute? Find(IEnumerable<Attribute> attributes) => attributes.FirstOrDefault(static each => each.GetType().FullName == FunctionSerializer.Attribute);
}
