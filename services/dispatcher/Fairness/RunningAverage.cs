namespace Glue.Dispatcher.Fairness;

/// <summary>An exponential average: the latest value counts one eighth.</summary>
internal sealed class RunningAverage
{
    private const double Newest = 0.125;

    /// <summary>Null: there was no value yet.</summary>
    public double? Value { get; private set; }

    public void Add(double value) => Value = Value is { } average ? average + (Newest * (value - average)) : value;
}
