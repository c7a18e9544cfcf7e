using Glue.Functions.Runtime;
using Glue.Functions.Transform;

TransformFunction? function = null;
using var bootstrap = LambdaBootstrapBuilder
    .Create<S3Event, TransformReport>((input, context) => function!.Handle(input, context), new SourceGeneratorLambdaJsonSerializer<TransformJson>())
    .UseBootstrapHandler(() =>
    {
        function = TransformFunction.FromEnvironment();
        return Task.FromResult(true);
    })
    .Build();
await bootstrap.RunAsync();
