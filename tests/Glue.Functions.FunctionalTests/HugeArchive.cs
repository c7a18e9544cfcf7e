using System.Formats.Tar;
using Microsoft.AspNetCore.Http;

namespace Glue.Functions.FunctionalTests;

/// <summary>
/// A tar with one member of zeros that no memory need hold: its bytes are made as they are asked for, and what comes back is counted. Takes a
/// store's place for this one object and the uploads of its member.
/// </summary>
/// <param name="path"><c>/bucket/key</c>.</param>
/// <param name="memberBytes">Of the member.</param>
internal sealed class HugeArchive(string path, long memberBytes)
{
    private const int BlockBytes = 512;

    private static readonly byte[] Zeros = new byte[1 << 20];

    private readonly byte[] _header = HeaderOf(memberBytes);
    private long _received;

    /// <summary>Bytes of parts so far.</summary>
    public long Received => Interlocked.Read(ref _received);

    public bool IsCompleted { get; private set; }

    private long Length => BlockBytes + ((memberBytes + BlockBytes - 1) / BlockBytes * BlockBytes) + (2 * BlockBytes);

    public async Task<bool> AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        switch (request.Method)
        {
            case "HEAD" or "GET" when request.Path.Value == path:
                var range = request.GetTypedHeaders().Range?.Ranges.Single();
                var (from, to) = (range?.From ?? 0, Math.Min(range?.To ?? Length, Length - 1) + 1);
                response.StatusCode = range is null ? 200 : 206;
                response.Headers.ETag = "\"1\"";
                response.ContentLength = to - from;
                await (request.Method == "GET" ? SendAsync(response.Body, from, to, context.RequestAborted) : Task.CompletedTask);
                return true;
            case "PUT" when request.Query.ContainsKey("partNumber"):
                var buffer = new byte[64 * 1024];
                while (await request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and var read)
                {
                    Interlocked.Add(ref _received, read);
                }

                response.Headers.ETag = "\"part\"";
                return true;
            case "POST" when request.Query.ContainsKey("uploadId"):
                IsCompleted = true;
                await response.WriteAsync("<CompleteMultipartUploadResult><ETag>\"m\"</ETag></CompleteMultipartUploadResult>");
                return true;
            default:
                return false;
        }
    }

    private async Task SendAsync(Stream body, long from, long to, CancellationToken cancellationToken)
    {
        if (from < _header.Length)
        {
            await body.WriteAsync(_header.AsMemory((int)from..(int)Math.Min(to, _header.Length)), cancellationToken);
        }

        for (var at = Math.Max(from, _header.Length); at < to; at += Zeros.Length)
        {
            await body.WriteAsync(Zeros.AsMemory(0, (int)Math.Min(Zeros.Length, to - at)), cancellationToken);
        }
    }

    private static byte[] HeaderOf(long memberBytes)
    {
        var tar = new MemoryStream();
        using var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true);
        writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "zeros"));
        var header = tar.ToArray()[..BlockBytes];
        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(memberBytes, 8).PadLeft(11, '0')).CopyTo(header, 124);
        header.AsSpan(148, 8).Fill((byte)' '); // the checksum counts its own field as spaces (pax, "ustar Interchange Format")
        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(header.Sum(static b => b), 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
        return header;
    }
}
