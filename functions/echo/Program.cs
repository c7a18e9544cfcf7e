using Glue.Functions.Runtime;

// Answers with its event: what is left is the cost of invoking.
using var bootstrap = LambdaBootstrapBuilder.Create(static (Stream input, ILambdaContext _) => input).Build();
await bootstrap.RunAsync();
