using System.Reflection;
using System.Security.Cryptography;
using Glue.Functions.Runtime;

namespace Glue.Functions.Dotnet;

/// <summary>
/// Keeps clones of a snapshot from drawing the same. OpenSSL's generator, under <see cref="RandomNumberGenerator"/>, renews itself by the clock,
/// which the worker has turned ahead when a snapshot is made: drawn from then, it finds its last renewal in the future. <see cref="Random.Shared"/>
/// has a state for each thread and never asks again: the thread that runs handlers loses its own.
/// </summary>
internal sealed class Generators
{
    private bool _mustRenew;

    /// <summary>Registers first, so that it runs after the function's own hooks.</summary>
    public static Generators Begin()
    {
        var generators = new Generators();
        if (SnapshotPhase.IsDue)
        {
            SnapshotRestore.RegisterBeforeSnapshot(generators.DrawAsync);
        }

        return generators;
    }

    /// <summary>At each event; does something at the first of a clone.</summary>
    public void RenewAfterRestore()
    {
        if (_mustRenew)
        {
            _mustRenew = false;
            typeof(Random).GetNestedType("ThreadSafeRandom", BindingFlags.NonPublic)?.GetField("t_random", BindingFlags.Static | BindingFlags.NonPublic)?.SetValue(null, null);
        }
    }

    private ValueTask DrawAsync()
    {
        // A function that has not loaded it yet has no generator to renew; OpenSSL would cost every cold start milliseconds.
        if (AppDomain.CurrentDomain.GetAssemblies().Any(static each => each.GetName().Name == "System.Security.Cryptography"))
        {
            RandomNumberGenerator.Fill(stackalloc byte[32]);
        }

        _mustRenew = true;
        return ValueTask.CompletedTask;
    }
}
