using System.Security.Cryptography;
using Glue.Foundation.Files;

namespace Glue.Dispatcher.Functions;

/// <summary>One file per zip, named by the hexadecimal SHA-256: written aside, synced, renamed, and the folder synced.</summary>
internal sealed class FileCodeStore : ICodeStore
{
    private const string Unfinished = ".part";

    private readonly string _folder;

    public FileCodeStore(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
    }

    public async Task<string> PutAsync(ReadOnlyMemory<byte> zip, CancellationToken cancellationToken)
    {
        var hash = SHA256.HashData(zip.Span);
        var path = Path.Combine(_folder, Convert.ToHexStringLower(hash) + ".zip");
        if (!File.Exists(path))
        {
            var aside = $"{path}.{Guid.NewGuid():n}{Unfinished}";
            try
            {
                await WriteAsync(aside, zip, cancellationToken);
                File.Move(aside, path, overwrite: true);
                Folder.Sync(_folder);
            }
            catch
            {
                File.Delete(aside);
                throw;
            }
        }

        return Convert.ToBase64String(hash);
    }

    public Stream Open(string codeSha256) =>
        new FileStream(PathOf(codeSha256), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 64 * 1024, FileOptions.Asynchronous);

    public void KeepOnly(IReadOnlySet<string> codeSha256)
    {
        var wanted = codeSha256.Select(PathOf).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(_folder))
        {
            if (!wanted.Contains(file) && (file.EndsWith(".zip", StringComparison.Ordinal) || file.EndsWith(Unfinished, StringComparison.Ordinal)))
            {
                File.Delete(file);
            }
        }
    }

    public void Remove(string codeSha256) => File.Delete(PathOf(codeSha256));

    private static async Task WriteAsync(string path, ReadOnlyMemory<byte> zip, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.Asynchronous);
        await file.WriteAsync(zip, cancellationToken);
        file.Flush(flushToDisk: true);
    }

    private string PathOf(string codeSha256) => Path.Combine(_folder, Convert.ToHexStringLower(Convert.FromBase64String(codeSha256)) + ".zip");
}
