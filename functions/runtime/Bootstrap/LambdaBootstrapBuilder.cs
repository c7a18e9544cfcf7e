namespace Glue.Functions.Runtime;

/// <summary>Makes a <see cref="LambdaBootstrap"/> from a handler. Same calls as Amazon.Lambda.RuntimeSupport's builder.</summary>
public sealed class LambdaBootstrapBuilder
{
    private readonly HandlerInvoker _invoker;
    private LambdaBootstrapInitializer? _initializer;

    private LambdaBootstrapBuilder(HandlerInvoker invoker) => _invoker = invoker;

    public static LambdaBootstrapBuilder Create(Func<Stream, ILambdaContext, Task<Stream>> handler) =>
        new((input, context, _) => new ValueTask<Stream>(handler(input, context)));

    public static LambdaBootstrapBuilder Create(Func<Stream, ILambdaContext, Stream> handler) =>
        new((input, context, _) => new ValueTask<Stream>(handler(input, context)));

    public static LambdaBootstrapBuilder Create(Func<Stream, Task<Stream>> handler) => Create((input, _) => handler(input));

    public static LambdaBootstrapBuilder Create(Func<Stream, Stream> handler) => Create((input, _) => handler(input));

    public static LambdaBootstrapBuilder Create<TInput, TOutput>(Func<TInput, ILambdaContext, Task<TOutput>> handler, ILambdaSerializer serializer) =>
        new(async (input, context, output) =>
        {
            serializer.Serialize(await handler(serializer.Deserialize<TInput>(input), context), output);
            return output;
        });

    public static LambdaBootstrapBuilder Create<TInput, TOutput>(Func<TInput, ILambdaContext, TOutput> handler, ILambdaSerializer serializer) =>
        new((input, context, output) =>
        {
            serializer.Serialize(handler(serializer.Deserialize<TInput>(input), context), output);
            return new ValueTask<Stream>(output);
        });

    public static LambdaBootstrapBuilder Create<TInput, TOutput>(Func<TInput, Task<TOutput>> handler, ILambdaSerializer serializer) =>
        Create<TInput, TOutput>((input, _) => handler(input), serializer);

    public static LambdaBootstrapBuilder Create<TInput, TOutput>(Func<TInput, TOutput> handler, ILambdaSerializer serializer) =>
        Create<TInput, TOutput>((input, _) => handler(input), serializer);

    /// <summary>A handler without an answer: the invocation's answer is empty.</summary>
    public static LambdaBootstrapBuilder Create<TInput>(Func<TInput, ILambdaContext, Task> handler, ILambdaSerializer serializer) =>
        new(async (input, context, output) =>
        {
            await handler(serializer.Deserialize<TInput>(input), context);
            return output;
        });

    /// <inheritdoc cref="Create{TInput}(Func{TInput, ILambdaContext, Task}, ILambdaSerializer)"/>
    public static LambdaBootstrapBuilder Create<TInput>(Action<TInput, ILambdaContext> handler, ILambdaSerializer serializer) =>
        new((input, context, output) =>
        {
            handler(serializer.Deserialize<TInput>(input), context);
            return new ValueTask<Stream>(output);
        });

    /// <summary>Work to do once before the first event, inside the init phase.</summary>
    public LambdaBootstrapBuilder UseBootstrapHandler(LambdaBootstrapInitializer initializer)
    {
        _initializer = initializer;
        return this;
    }

    /// <exception cref="InvalidOperationException"><c>AWS_LAMBDA_RUNTIME_API</c> is not set: the process does not run as a function.</exception>
    public LambdaBootstrap Build() => new(RuntimeApiClient.FromEnvironment(), _invoker, _initializer);
}
