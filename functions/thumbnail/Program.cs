using Glue.Functions.Runtime;
using Glue.Functions.Thumbnail;

ThumbnailFunction? function = null;
using var bootstrap = LambdaBootstrapBuilder
    .Create<S3Event, ThumbnailReport>((input, context) => function!.Handle(input, context), new SourceGeneratorLambdaJsonSerializer<ThumbnailJson>())
    .UseBootstrapHandler(() =>
    {
        function = ThumbnailFunction.FromEnvironment();
        return Task.FromResult(true);
    })
    .Build();
await bootstrap.RunAsync();
