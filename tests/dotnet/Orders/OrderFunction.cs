using System.Security.Cryptography;
using Amazon.Lambda.Core;

namespace Orders;

public sealed record Order(string Item, int Count);

public sealed record Receipt(string Text, int Calls);

/// <summary>One handler of each kind that a class library may have.</summary>
public class OrderFunction
{
    private readonly Guid _made = Guid.NewGuid();
    private int _calls;

    public Receipt Take(Order order, ILambdaContext context)
    {
        Console.WriteLine($"{order.Count} of {order.Item}");
        context.Logger.LogInformation("taken {count} of {item}", order.Count, order.Item);
        return new Receipt($"{order.Item} x {order.Count} for {context.FunctionName}", ++_calls);
    }

    public async Task<Receipt> TakeAsync(Order order)
    {
        await Task.Yield();
        return new Receipt(order.Item, ++_calls);
    }

    public static string[] Who(ILambdaContext c) =>
    [
        c.AwsRequestId, c.FunctionName, c.FunctionVersion, c.InvokedFunctionArn, $"{c.MemoryLimitInMB}", c.LogGroupName,
        $"{c.RemainingTime > TimeSpan.Zero && c.RemainingTime <= TimeSpan.FromMinutes(15)}", c.ClientContext?.Custom["k"] ?? "nobody",
        c.ClientContext?.Client?.AppTitle ?? "none", c.Identity.IdentityId ?? "no identity", c.Serializer is NamedSerializer ? "named" : "other", c.LogStreamName,
    ];

    [LambdaSerializer(typeof(ShoutingSerializer))]
    public static string Shout(string text) => "heard " + text;

    public void Log(Order order, ILambdaContext c)
    {
        Console.Write("written ");
        Console.WriteLine("in pieces");
        Console.Error.WriteLine("to standard error");
        LambdaLogger.Log("by the static logger");
        c.Logger.LogLine("as it is");
        c.Logger.LogWarning("a warning");
        c.Logger.Log("Error", "of {Item}", order.Item);
        c.Logger.LogError(new InvalidOperationException("why"), "could not take {0}", order.Item);
    }

    public Task FailAsync(Order order) => throw new InvalidOperationException($"no {order.Item}", new KeyNotFoundException("not in the list"));

    public async Task<string> FailLater(Order order)
    {
        await Task.Delay(1);
        throw new TimeoutException(order.Item);
    }

    /// <summary>Draws from everything that clones of a snapshot could share.</summary>
    public async Task<object> Draw()
    {
        var left = Directory.EnumerateFileSystemEntries("/tmp").Count();
        await Task.Delay(1500); // calls at once mostly find each other busy
        return new
        {
            Made = _made,
            Left = left,
            Now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds(),
            Guid = Guid.NewGuid(),
            Shared = DrawnFirst,
            New = new Random().NextInt64(),
            Bytes = Convert.ToHexString(RandomNumberGenerator.GetBytes(16)),
            Key = Convert.ToHexString(ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportParameters(true).D!),
        };
    }

    private static long DrawnFirst => Random.Shared.NextInt64();

    public string Overloaded(string text) => text;

    public string Overloaded(Order order) => order.Item;

    public async void Forgotten(Order order) => await Task.Yield();

    public string Three(Order order, ILambdaContext context, string more) => more;

    public string Two(Order order, string more) => more;

    public T Generic<T>(T value) => value;
}

public sealed class Needy(string what)
{
    public string Take(string text) => what + text;
}

public sealed class Broken
{
    public Broken() => throw new NotSupportedException("not on this machine");

    public string Take(string text) => text;
}

public abstract class Abstract
{
    public string Take(string text) => text;
}

public sealed class Derived : Abstract;

/// <summary>With hooks around its snapshot, and generators that were used before it.</summary>
public sealed class Hooked
{
    private readonly List<string> _said = [];

    public Hooked()
    {
        _said.Add("init " + Environment.GetEnvironmentVariable("AWS_LAMBDA_INITIALIZATION_TYPE"));
        Random.Shared.NextInt64();
        RandomNumberGenerator.GetBytes(16);
        SnapshotRestore.RegisterBeforeSnapshot(() =>
        {
            _said.Add("before");
            return ValueTask.CompletedTask;
        });
        SnapshotRestore.RegisterAfterRestore(() =>
        {
            _said.Add("after");
            return ValueTask.CompletedTask;
        });
    }

    public async Task<object> Draw()
    {
        var shared = Random.Shared.NextInt64();
        await Task.Delay(1500); // calls at once mostly find each other busy
        return new { Said = _said, Shared = shared, Bytes = Convert.ToHexString(RandomNumberGenerator.GetBytes(16)) };
    }
}
