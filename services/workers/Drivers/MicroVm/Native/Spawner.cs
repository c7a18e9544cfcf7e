using System.Collections.Concurrent;
using System.ComponentModel;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Glue.Workers.Drivers.MicroVm.Native;

/// <summary>
/// Starts processes from one thread that lives as long as the worker. Linux sends a parent-death signal when the starting
/// <em>thread</em> ends, not its process; started from a pool thread, a VM could be killed at any moment.
/// </summary>
internal sealed class Spawner : IDisposable
{
    private readonly BlockingCollection<(string[] Arguments, SafeFileHandle[] Descriptors, TaskCompletionSource<int> Done)> _requests = [];
    private readonly Thread _thread;
    private int _isDisposed;

    public Spawner()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "vmm spawner" };
        _thread.Start();
    }

    /// <summary>Starts a program in a session of its own, with an empty environment.</summary>
    /// <param name="arguments">The first is the program's full path.</param>
    /// <param name="descriptors">Become 0, 1, 2 … of the new process; it gets no other.</param>
    /// <returns>Its process id. The caller reaps it (<see cref="ChildProcess"/>).</returns>
    public Task<int> StartAsync(string[] arguments, SafeFileHandle[] descriptors)
    {
        var done = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests.Add((arguments, descriptors, done));
        return done.Task;
    }

    /// <summary>Ends the thread, and with it every process that asked for a parent-death signal.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        _requests.CompleteAdding();
        _thread.Join();
        _requests.Dispose();
    }

    private void Run()
    {
        foreach (var (arguments, descriptors, done) in _requests.GetConsumingEnumerable())
        {
            try
            {
                done.SetResult(Start(arguments, descriptors));
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }
    }

    private static unsafe int Start(string[] arguments, SafeFileHandle[] descriptors)
    {
        // glibc's opaque structs: 80 and 336 bytes on x86-64, taken larger.
        var actions = stackalloc byte[512];
        var attributes = stackalloc byte[512];
        var signals = stackalloc ulong[16];
        var text = Encoding.UTF8.GetBytes(string.Join('\0', arguments) + '\0');
        var pointers = stackalloc byte*[arguments.Length + 2];
        Posix.posix_spawn_file_actions_init(actions);
        Posix.posix_spawnattr_init(attributes);
        try
        {
            // In two rounds, so that no source is overwritten before it was used: first up above all of them, then down.
            var above = 64 + descriptors.Max(descriptor => (int)descriptor.DangerousGetHandle());
            for (var i = 0; i < descriptors.Length; i++)
            {
                Posix.posix_spawn_file_actions_adddup2(actions, (int)descriptors[i].DangerousGetHandle(), above + i);
            }

            for (var i = 0; i < descriptors.Length; i++)
            {
                Posix.posix_spawn_file_actions_adddup2(actions, above + i, i);
            }

            Posix.posix_spawn_file_actions_addclosefrom_np(actions, descriptors.Length);
            Posix.posix_spawnattr_setsigmask(attributes, signals); // none blocked
            signals[0] = 0x7fff_ffff;
            Posix.posix_spawnattr_setsigdefault(attributes, signals);
            Posix.posix_spawnattr_setflags(attributes, Posix.POSIX_SPAWN_SETSIGDEF | Posix.POSIX_SPAWN_SETSIGMASK | Posix.POSIX_SPAWN_SETSID);
            fixed (byte* start = text)
            {
                var at = start;
                for (var i = 0; i < arguments.Length; i++)
                {
                    pointers[i] = at;
                    at += Encoding.UTF8.GetByteCount(arguments[i]) + 1;
                }

                pointers[arguments.Length] = null; // ends the arguments, and is the empty environment
                int pid;
                var errno = Posix.posix_spawn(&pid, arguments[0], actions, attributes, pointers, pointers + arguments.Length);
                GC.KeepAlive(descriptors);
                return errno == 0 ? pid : throw new IOException($"{arguments[0]} could not be started: {new Win32Exception(errno).Message}");
            }
        }
        finally
        {
            Posix.posix_spawnattr_destroy(attributes);
            Posix.posix_spawn_file_actions_destroy(actions);
        }
    }
}
