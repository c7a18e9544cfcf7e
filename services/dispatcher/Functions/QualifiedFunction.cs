using Glue.Contracts.Functions;

namespace Glue.Dispatcher.Functions;

/// <summary>A function as one qualifier names it: which version runs, under which settings. Made once per change.</summary>
internal sealed class QualifiedFunction
{
    private readonly FunctionVersion? _other;
    private readonly double _otherWeight;

    /// <param name="function">Without qualifier.</param>
    /// <param name="qualifier">Null: none was named.</param>
    /// <param name="version">What runs.</param>
    /// <param name="main"><paramref name="version"/> as workers know it.</param>
    /// <param name="other">The second version of an alias, and its share.</param>
    public QualifiedFunction(
        DeployedFunction function, string? qualifier, VersionState version, FunctionVersion main, (FunctionVersion Version, double Weight)? other = null)
    {
        (Function, Qualifier, Version, Main) = (function, qualifier, version, main);
        Settings = function.State.SettingsOf(qualifier);
        State = Settings.EventInvoke == function.State.EventInvoke ? function.State : function.State with { EventInvoke = Settings.EventInvoke };
        InvokedArn = qualifier is null ? function.Arn : $"{function.Arn}:{qualifier}";
        (_other, _otherWeight) = (other?.Version, other?.Weight ?? 0);
    }

    public DeployedFunction Function { get; }

    /// <summary>As named; null for none.</summary>
    public string? Qualifier { get; }

    /// <summary>The version that is named, of an alias with two the main one.</summary>
    public VersionState Version { get; }

    /// <summary><see cref="Version"/> as workers know it.</summary>
    public FunctionVersion Main { get; }

    public QualifierSettings Settings { get; }

    /// <summary>The function's state with this qualifier's EventInvokeConfig.</summary>
    public FunctionState State { get; }

    /// <summary>Without qualifier.</summary>
    public string Arn => Function.Arn;

    /// <summary>With the qualifier, where one was named.</summary>
    public string InvokedArn { get; }

    /// <summary>All versions that may run, with their shares of the invocations.</summary>
    public IEnumerable<(FunctionVersion Version, double Share)> Versions =>
        _other is null ? [(Main, 1)] : [(Main, 1 - _otherWeight), (_other, _otherWeight)];

    /// <summary>
    /// The version that runs an invocation. Every attempt of one invocation goes to the same version, unless the alias is changed meanwhile.
    /// </summary>
    /// <param name="invocationId">Its hash is the throw of the dice.</param>
    public FunctionVersion Choose(string invocationId) =>
        _other is not null && Fraction(invocationId) < _otherWeight ? _other : Main;

    /// <summary>FNV-1a with a finisher that spreads its last bits over all: evenly over 0 to 1.</summary>
    private static double Fraction(string id)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in id)
        {
            hash = (hash ^ c) * 1099511628211UL;
        }

        hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdUL;
        hash ^= hash >> 33;
        return (hash >> 11) * (1.0 / (1UL << 53));
    }
}
