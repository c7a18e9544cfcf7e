using Glue.Functions.Decompress;
using Glue.Functions.Runtime;

DecompressFunction? function = null;
using var bootstrap = LambdaBootstrapBuilder
    .Create<S3Event, DecompressReport>((input, context) => function!.Handle(input, context), new SourceGeneratorLambdaJsonSerializer<DecompressJson>())
    .UseBootstrapHandler(() =>
    {
        function = DecompressFunction.FromEnvironment();
        return Task.FromResult(true);
    })
    .Build();
await bootstrap.RunAsync();
