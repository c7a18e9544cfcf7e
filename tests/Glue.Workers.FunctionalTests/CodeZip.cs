using System.IO.Compression;
using System.Security.Cryptography;
using Glue.Workers.Code;

namespace Glue.Workers.FunctionalTests;

/// <summary>Deployment zips of a test, served from memory.</summary>
internal sealed class CodeZip : ICodeSource
{
    public const int Executable = 0b111_101_101;
    public const int Plain = 0b110_100_100;

    private readonly Dictionary<string, byte[]> _zips = [];

    public Task<Stream> OpenAsync(string accountId, string codeSha256, CancellationToken cancellationToken) =>
        _zips.TryGetValue(codeSha256, out var zip)
            ? Task.FromResult<Stream>(new MemoryStream(zip))
            : throw new FileNotFoundException($"no code {codeSha256}");

    /// <returns>The code's digest.</returns>
    public string Add(params (string Name, byte[] Content, int Mode)[] files)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content, mode) in files)
            {
                var entry = zip.CreateEntry(name);
                entry.ExternalAttributes = (0x8000 | mode) << 16;
                using var body = entry.Open();
                body.Write(content);
            }
        }

        return AddRaw(stream.ToArray());
    }

    public string AddRaw(byte[] zip)
    {
        var digest = Convert.ToBase64String(SHA256.HashData(zip));
        _zips[digest] = zip;
        return digest;
    }
}
