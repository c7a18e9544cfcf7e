using Glue.StorageEvents.Rules;

namespace Glue.StorageEvents.Tests.Rules;

/// <summary>A directory of functions that S3 may invoke, unless said otherwise.</summary>
internal sealed class FakeFunctions : IFunctionDirectory
{
    public const string Thumbnail = "arn:aws:lambda:us-east-1:000000000000:function:thumbnail";

    private readonly Dictionary<string, (FunctionTarget Target, bool AllowsS3)> _functions = new(StringComparer.Ordinal);

    public FakeFunctions() => Add(Thumbnail);

    public FakeFunctions Add(string arn, bool allowsS3 = true, params (string Name, string Value)[] environment)
    {
        _functions[arn] = (new FunctionTarget(environment.ToDictionary(pair => pair.Name, pair => pair.Value)), allowsS3);
        return this;
    }

    public FunctionTarget? Find(string functionArn) => _functions.TryGetValue(functionArn, out var found) ? found.Target : null;

    public bool AllowsS3(string functionArn, string bucketArn, string bucketAccount) => _functions[functionArn].AllowsS3;
}
