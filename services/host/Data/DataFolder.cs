namespace Glue.Host.Data;

/// <summary>
/// The one folder that holds everything a stack keeps. A stack owns its folder alone: two processes on one folder would each
/// believe the other's leases expired.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream _lock;

    private DataFolder(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    public string Path { get; }

    /// <summary>Object metadata and the event log: one file, so that an object and its event are one transaction.</summary>
    public string StoreDatabase => In("store.db");

    /// <summary>Invocation queue and ledger.</summary>
    public string QueueDatabase => In("queue.db");

    /// <summary>Functions, permissions, bucket rules.</summary>
    public string StateDatabase => In("state.db");

    /// <summary>What functions logged: a file of its own, so that its writes make nobody else's wait.</summary>
    public string FunctionLogsDatabase => In("logs.db");

    /// <summary>What polled buckets of attached stores held when they were last listed: a row per object.</summary>
    public string PollDatabase => In("polls.db");

    public string Objects => In("objects");

    public string Code => In("code");

    /// <summary>What workers can make again: unpacked code, sandbox roots.</summary>
    public string Worker => In("worker");

    public string Credentials => CredentialsOf(Path);

    /// <summary>Seals the secrets in state.db.</summary>
    public string SecretKey => In("secrets.key");

    public string Endpoints => EndpointsOf(Path);

    public static string CredentialsOf(string path) => System.IO.Path.Combine(path, "credentials");

    public static string EndpointsOf(string path) => System.IO.Path.Combine(path, "endpoints.json");

    /// <summary>Makes the folder (mode 0700) when missing and takes it for this process.</summary>
    /// <exception cref="StartupException">Another process has it, or it cannot be written.</exception>
    public static DataFolder Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var @lock = new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataFolder(path, @lock);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartupException($"The data folder {path} cannot be written: {e.Message} Choose another with --data.", e);
        }
        catch (IOException e) when (e is not DirectoryNotFoundException)
        {
            throw new StartupException($"The data folder {path} is in use by another glue process, or cannot be locked ({e.Message}). "
                + "Stop that process, or choose another folder with --data.", e);
        }
    }

    public void Dispose() => _lock.Dispose();

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
