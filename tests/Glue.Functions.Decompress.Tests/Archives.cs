namespace Glue.Functions.Decompress.Tests;

/// <summary>Archives of the same files, made by the real tools, each once per run.</summary>
public sealed class Archives : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, byte[]> _made = new(StringComparer.Ordinal);

    /// <summary>What every archive holds, by name.</summary>
    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal)
    {
        ["empty"] = [],
        ["docs/read me.txt"] = "A text with a line end.\n"u8.ToArray(),
        ["docs/Zürich 🐱.txt"] = "Grüezi\n"u8.ToArray(),
        ["data/noise.bin"] = Noise(700_000),
        ["data/deep/er/rows.csv"] = Rows(20_000),
    };

    public byte[] this[string name] => _made[name];

    public async Task InitializeAsync()
    {
        foreach (var (name, bytes) in Files)
        {
            var file = _folder["in/" + name];
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllBytesAsync(file, bytes);
        }

        await File.WriteAllBytesAsync(_folder["rows.csv"], Files["data/deep/er/rows.csv"]);
        await ShellAsync(
            """
            export LC_ALL=C.UTF-8
            cd in
            zip -q -r ../plain.zip . & zip -q -r -P secret ../encrypted.zip . & zip -q -0 -r ../stored.zip .
            zip -q -r - . | cat > ../streamed.zip
            7z a -bd ../a.7z . > /dev/null & 7z a -bd -psecret -mhe=on ../hidden.7z . > /dev/null & 7z a -bd -psecret ../encrypted.7z . > /dev/null
            tar --sort=name -cf ../a.tar *
            bsdtar --format=newc -cf ../a.cpio * & bsdtar --format=iso9660 -cf ../a.iso * & bsdtar --format=pax -cf ../pax.tar *
            bsdtar --format=ustar -cf ../ustar.tar data docs/read* empty
            wait
            cd ..
            for f in a.tar rows.csv; do
              gzip -nk $f & bzip2 -k $f & xz -k $f & zstd -qk --check $f & lz4 -q --content-size $f $f.lz4
              wait
            done
            mkdir d && cd d && echo 2.0 > debian-binary && cp ../a.tar.gz data.tar.gz && ar rc ../a.deb debian-binary data.tar.gz
            """);
        foreach (var file in Directory.EnumerateFiles(_folder.Path))
        {
            _made[Path.GetFileName(file)] = await File.ReadAllBytesAsync(file);
        }
    }

    /// <summary>An archive that Python's zipfile or tarfile writes to the path in <c>out</c>.</summary>
    public async Task<byte[]> PythonAsync(string script)
    {
        var file = _folder[Guid.NewGuid().ToString("N")];
        await File.WriteAllTextAsync(file + ".py", $"import io, os, struct, sys, tarfile, zipfile\nout = sys.argv[1]\n{script}\n");
        (await Cli.RunAsync("/usr/bin/python3", [file + ".py", file])).Expect();
        return await File.ReadAllBytesAsync(file);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _folder.Dispose();

    private async Task ShellAsync(string script) => (await Cli.RunAsync("/bin/bash", ["-euc", script], folder: _folder.Path)).Expect();

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(7).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Rows(int count) => System.Text.Encoding.UTF8.GetBytes(
        string.Concat(Enumerable.Range(0, count).Select(static i => $"{i},name {i * 7919 % 1000},{i * 0.25}\n")));
}
