using Glue.Dispatcher.Functions;
using Glue.Dispatcher.Placement;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Shows versions as Lambda's FunctionConfiguration, with what this installation runs them on.</summary>
internal sealed class FunctionConfigurations(IRuntimes runtimes, DispatcherOptions options)
{
    /// <inheritdoc cref="FunctionConfiguration(VersionState, string, string)"/>
    public FunctionConfiguration Of(VersionState version, string arn) => new(version, arn, RuntimeVersionArn(version));

    /// <summary>What was asked for, under the name it was asked by.</summary>
    public FunctionConfiguration Of(QualifiedFunction function) => Of(function.Version, function.InvokedArn);

    public string RuntimeVersionArn(VersionState version) => runtimes.VersionArn(version.Runtime, options.Region);
}
