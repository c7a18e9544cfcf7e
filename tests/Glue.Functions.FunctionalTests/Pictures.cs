using System.Buffers.Binary;

namespace Glue.Functions.FunctionalTests;

/// <summary>Real pictures, made by Debian's vips (package libvips-tools), each once per run.</summary>
public sealed class Pictures : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>A smooth picture without any symmetry: 600 x 400, red grows to the right, green downwards.</summary>
    public Task<byte[]> GradientAsync(string extension) => MakeAsync($"gradient-600x400{extension}", async target =>
    {
        await VipsAsync("xyz", _folder["xy.v"], "600", "400");
        await VipsAsync("linear", _folder["xy.v"], _folder["scaled.v"], "0.4 0.6", "0 0", "--uchar");
        await VipsAsync("bandjoin_const", _folder["scaled.v"], _folder["three.v"], "60");
        await VipsAsync("copy", _folder["three.v"], _folder["rgb.v"], "--interpretation", "srgb");
        await VipsAsync("copy", _folder["rgb.v"], target);
    });

    /// <summary>A photograph's worth of detail: smoothed noise.</summary>
    public Task<byte[]> PhotoAsync(int width, int height, string extension) => MakeAsync($"photo-{width}x{height}{extension}", async target =>
    {
        await VipsAsync("gaussnoise", _folder["noise.v"], $"{width / 4}", $"{height / 4}", "--sigma", "40", "--seed", "7");
        await VipsAsync("resize", _folder["noise.v"], _folder["large.v"], "4");
        await VipsAsync("cast", _folder["large.v"], _folder["grey.v"], "uchar");
        await VipsAsync("bandjoin", $"{_folder["grey.v"]} {_folder["grey.v"]} {_folder["grey.v"]}", _folder["noisergb.v"]);
        await VipsAsync("copy", _folder["noisergb.v"], target, "--interpretation", "srgb");
    });

    /// <summary>Nine to twelve megapixels that compress to nearly nothing: <c>frame.gif</c>, <c>black.heic</c>, <c>black.avif</c>, <c>black-12-bit.avif</c>.</summary>
    public Task<byte[]> LargeAsync(string name) => MakeAsync(name, async target =>
    {
        if (name == "frame.gif")
        {
            (await Cli.RunAsync("/usr/bin/convert", ["-size", "3500x3400", "gradient:red-blue", target])).Expect();
            return;
        }

        await VipsAsync("black", _folder["black.v"], "3000", "2900", "--bands", "3");
        await VipsAsync(["heifsave", _folder["black.v"], target, "--effort", "0", "--subsample-mode", name.EndsWith(".heic", StringComparison.Ordinal) ? "on" : "off",
            "--compression", name.EndsWith(".heic", StringComparison.Ordinal) ? "hevc" : "av1", "--bitdepth", name.Contains("12", StringComparison.Ordinal) ? "12" : "8"]);
    });

    /// <summary>Three frames of 300 x 200 in different greys.</summary>
    public Task<byte[]> AnimationAsync(string extension) => MakeAsync($"animation{extension}", async target =>
        (await Cli.RunAsync("/usr/bin/convert", ["-delay", "10", "-size", "300x200", "xc:gray10", "xc:gray50", "xc:gray90", "-loop", "0", target])).Expect());

    /// <summary>600 x 200 of grey with one white square of 60 pixels near the right end.</summary>
    public Task<byte[]> SpotAsync() => MakeAsync("spot.png", async target =>
        (await Cli.RunAsync("/usr/bin/convert", ["-size", "600x200", "xc:gray40", "-fill", "white", "-draw", "rectangle 520,70 580,130", "PNG24:" + target])).Expect());

    /// <summary>A page of 200 x 100 points with a black square of 40 points in its middle.</summary>
    public static byte[] Pdf()
    {
        const string Content = "0 0 0 rg 80 30 40 40 re f";
        string[] objects =
        [
            "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R>>", $"<</Length {Content.Length}>>stream\n{Content}\nendstream",
        ];
        var pdf = "%PDF-1.4\n" + string.Concat(objects.Select(static (text, i) => $"{i + 1} 0 obj{text}endobj\n"));
        var table = string.Concat(objects.Select((_, i) => $"{pdf.IndexOf($"{i + 1} 0 obj", StringComparison.Ordinal):D10} 00000 n \n"));
        return System.Text.Encoding.ASCII.GetBytes(
            $"{pdf}xref\n0 5\n0000000000 65535 f \n{table}trailer<</Size 5/Root 1 0 R>>\nstartxref\n{pdf.Length}\n%%EOF\n");
    }

    /// <summary>A PNG with an alpha channel of one value everywhere.</summary>
    public async Task<byte[]> WithAlphaAsync(int alpha)
    {
        await GradientAsync(".v");
        return await MakeAsync($"alpha-{alpha}.png", target => VipsAsync("bandjoin_const", _folder["gradient-600x400.v"], target, $"{alpha}"));
    }

    /// <summary>The gradient as JPEG with an EXIF orientation, 1 to 8.</summary>
    public async Task<byte[]> OrientedAsync(int orientation)
    {
        var jpeg = await GradientAsync(".jpg[Q=95,strip]");
        // APP1 "Exif", big-endian TIFF, one IFD with the one tag 0x0112 (Exif 2.32, section 4.6.4).
        byte[] exif = [0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0];
        return [.. jpeg[..2], .. exif, .. jpeg[2..]];
    }

    /// <summary>A PNG whose header promises a picture of that size, followed by nearly nothing.</summary>
    public static byte[] PngHeader(uint width, uint height)
    {
        byte[] header = [.. "IHDR"u8, 0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), width);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(8), height);
        byte[] data = [.. "IDAT"u8, 0x78, 0x9C, 0x63, 0, 0, 0, 1, 0, 1];
        return [0x89, .. "PNG\r\n\x1A\n"u8, .. Chunk(header), .. Chunk(data), .. Chunk([.. "IEND"u8])];
    }

    /// <summary>100 x 100 of one colour without a colour profile; <paramref name="kind"/> ends with ImageMagick's name of the format.</summary>
    public Task<byte[]> PlainAsync(string colour, string kind, string extension) =>
        MakeAsync($"plain-{string.Concat((colour + kind).Where(char.IsLetterOrDigit))}{extension}", async target =>
            (await Cli.RunAsync("/usr/bin/convert",
                ["-size", "100x100", "xc:" + colour, "-strip", "-quality", "100", "-define", "png:exclude-chunks=all", "-define", "webp:lossless=true", .. (kind + target).Split(' ')])).Expect());

    /// <summary>The same pixels, said to be those of one of libvips's own profiles: <c>srgb</c>, <c>p3</c>.</summary>
    public async Task<byte[]> WithProfileAsync(byte[] picture, string profile)
    {
        await File.WriteAllBytesAsync(_folder["profile-in"], picture);
        await VipsAsync("pngsave", _folder["profile-in"], _folder["profile-out.png"], "--profile", profile);
        return await File.ReadAllBytesAsync(_folder["profile-out.png"]);
    }

    /// <summary>One of libvips's own colour profiles.</summary>
    public async Task<byte[]> ProfileAsync(string profile)
    {
        await WithProfileAsync(await PlainAsync("white", "PNG24:", ".png"), profile);
        return Convert.FromBase64String((await Cli.RunAsync("vipsheader", ["-f", "icc-profile-data", _folder["profile-out.png"]])).Expect().Trim());
    }

    /// <summary>The samples of the first pixel.</summary>
    public async Task<string> FirstPixelAsync(byte[] picture)
    {
        await File.WriteAllBytesAsync(_folder["point-in"], picture);
        return (await Cli.RunAsync("vips", ["getpoint", _folder["point-in"], "0", "0"])).Expect().Trim();
    }

    /// <summary>What vipsthumbnail makes of it with the function's options, as raw pixels.</summary>
    /// <param name="profile">That it is to have afterwards: for pictures that have one. Others vipsthumbnail would tint.</param>
    public async Task<byte[]> ReferencePixelsAsync(byte[] picture, string extension, string? profile = null)
    {
        var file = _folder["reference-in" + extension];
        await File.WriteAllBytesAsync(file, picture);
        (await Cli.RunAsync("vipsthumbnail", [file, "--size", "256x256>", .. profile is null ? Array.Empty<string>() : ["--eprofile", profile], "-o", _folder["reference.png[strip]"]])).Expect();
        return await PixelsAsync(await File.ReadAllBytesAsync(_folder["reference.png"]));
    }

    /// <summary>The samples, row by row.</summary>
    public async Task<byte[]> PixelsAsync(byte[] picture)
    {
        await File.WriteAllBytesAsync(_folder["pixels-in"], picture);
        await VipsAsync("rawsave", _folder["pixels-in"], _folder["pixels.raw"]);
        return await File.ReadAllBytesAsync(_folder["pixels.raw"]);
    }

    /// <summary>All header fields, as vipsheader prints them.</summary>
    public async Task<string> HeaderAsync(byte[] picture)
    {
        await File.WriteAllBytesAsync(_folder["header-in"], picture);
        return (await Cli.RunAsync("vipsheader", ["-a", _folder["header-in"]])).Expect();
    }

    public void Dispose()
    {
        _folder.Dispose();
        _one.Dispose();
    }

    private static byte[] Chunk(byte[] typeAndData)
    {
        var crc = 0xFFFFFFFFu;
        foreach (var b in typeAndData)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        var chunk = new byte[typeAndData.Length + 8];
        BinaryPrimitives.WriteInt32BigEndian(chunk, typeAndData.Length - 4);
        typeAndData.CopyTo(chunk, 4);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(chunk.Length - 4), ~crc);
        return chunk;
    }

    private async Task<byte[]> MakeAsync(string name, Func<string, Task> make)
    {
        var file = _folder[name.Split('[')[0]];
        await _one.WaitAsync();
        try
        {
            if (!File.Exists(file))
            {
                await make(_folder[name]);
            }
        }
        finally
        {
            _one.Release();
        }

        return await File.ReadAllBytesAsync(file);
    }

    private static async Task VipsAsync(params string[] arguments) => (await Cli.RunAsync("vips", arguments)).Expect();
}
