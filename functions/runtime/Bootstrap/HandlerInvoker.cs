namespace Glue.Functions.Runtime;

/// <summary>Every shape of handler comes down to this.</summary>
/// <returns>The stream to answer with: <paramref name="output"/> filled by the invoker, or one that the handler made.</returns>
internal delegate ValueTask<Stream> HandlerInvoker(MemoryStream input, ILambdaContext context, MemoryStream output);
