using System.Security.Cryptography;
using Glue.ObjectStore.Files;
using Glue.ObjectStore.Objects;

namespace Glue.ObjectStore.Tests.Objects;

public sealed class StoredBodyReaderTests : IAsyncLifetime
{
    private readonly CatalogFixture _store = new();

    private BlobFiles Files => _store.Files;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _store.DisposeAsync();

    [Fact]
    public async Task Every_range_across_blobs_is_the_same_range_of_the_whole()
    {
        var body = new ObjectBody([await WriteAsync("abc"), await WriteAsync(""), await WriteAsync("d"), await WriteAsync("efgh")]);
        const string Whole = "abcdefgh";
        for (var start = 0; start <= Whole.Length; start++)
        {
            for (var length = 0; start + length <= Whole.Length; length++)
            {
                using var reader = new StoredBodyReader(Files, body, new ByteRange(start, length));

                Assert.Equal(Whole.Substring(start, length), await ReadAsync(reader));
            }
        }
    }

    [Fact]
    public async Task A_body_removed_while_it_is_read_is_read_to_its_end_and_then_gone()
    {
        var body = new ObjectBody([await WriteAsync("first"), await WriteAsync("second"), await WriteAsync("third")]);
        using (var reader = new StoredBodyReader(Files, body, new ByteRange(0, 16)))
        {
            Files.Delete(body.Blobs);

            Assert.Equal("firstsecondthird", await ReadAsync(reader));
        }

        Assert.Empty(Files.Settled());
        Assert.Throws<FileNotFoundException>(() => new StoredBodyReader(Files, body, new ByteRange(0, 16)));
    }

    [Fact]
    public async Task A_blob_that_was_not_kept_leaves_no_file_and_one_being_written_is_not_the_sweeps_business()
    {
        using (var blob = Files.CreatePart())
        {
            await blob.WriteAsync(new byte[3], CancellationToken.None);
            Assert.Single(Directory.EnumerateFiles(_store.BlobFolder, "*", SearchOption.AllDirectories));
            Assert.Empty(Files.Settled());
        }

        Assert.Empty(Directory.EnumerateFiles(_store.BlobFolder, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData(BlockSums.BlockBytes - 1)]
    [InlineData(BlockSums.BlockBytes)]
    [InlineData((3 * BlockSums.BlockBytes) + 7)]
    public async Task Ranges_over_blocks_are_right_whatever_the_readers_buffer(int size)
    {
        var whole = RandomNumberGenerator.GetBytes(size);
        var body = new ObjectBody([await WriteAsync(whole)]);
        var random = new Random(size);
        for (var i = 0; i < 60; i++)
        {
            var start = random.Next(size);
            var range = new ByteRange(start, 1 + random.Next(size - start));
            using var reader = new StoredBodyReader(Files, body, range);
            var buffer = new byte[random.Next(2) == 0 ? 1 + random.Next(1000) + size : 1 + random.Next(2 * BlockSums.BlockBytes)];
            var read = new List<byte>();
            while (await reader.ReadAsync(buffer, CancellationToken.None) is var count and > 0)
            {
                read.AddRange(buffer.AsSpan(0, count));
            }

            Assert.Equal(whole[(int)range.Start..(int)(range.Start + range.Length)], read.ToArray());
        }
    }

    [Fact]
    public async Task A_changed_bit_a_lost_end_and_another_blobs_bytes_are_found_in_the_range_they_are_in_and_no_other()
    {
        var whole = new byte[3 * BlockSums.BlockBytes];
        var (one, other) = (await WriteAsync(whole), await WriteAsync(whole));
        var path = Directory.EnumerateFiles(_store.BlobFolder, one.Blob, SearchOption.AllDirectories).Single();
        var good = await File.ReadAllBytesAsync(path);
        var body = new ObjectBody([one]);

        await ChangeAsync(bytes => bytes[BlockSums.BlockBytes + 5] ^= 1);
        await ReadAsync(0, BlockSums.BlockBytes);
        await ReadAsync(2 * BlockSums.BlockBytes, 1);
        await Assert.ThrowsAsync<BodyDamagedException>(() => ReadAsync(BlockSums.BlockBytes, 1));
        await Assert.ThrowsAsync<BodyDamagedException>(() => ReadAsync(0, whole.Length));

        await File.WriteAllBytesAsync(path, good[..^1]);
        await ReadAsync(0, 10);
        await Assert.ThrowsAsync<BodyDamagedException>(() => ReadAsync(0, whole.Length));

        await File.WriteAllBytesAsync(path, []);
        await Assert.ThrowsAsync<BodyDamagedException>(() => ReadAsync(0, 1));

        File.Copy(Directory.EnumerateFiles(_store.BlobFolder, other.Blob, SearchOption.AllDirectories).Single(), path, overwrite: true);
        await Assert.ThrowsAsync<BodyDamagedException>(() => ReadAsync(0, 1)); // the same bytes, but not this blob's

        async Task ChangeAsync(Action<byte[]> change)
        {
            var bytes = (byte[])good.Clone();
            change(bytes);
            await File.WriteAllBytesAsync(path, bytes);
        }

        async Task ReadAsync(long start, long length)
        {
            using var reader = new StoredBodyReader(Files, body, new ByteRange(start, length));
            var buffer = new byte[100_000];
            while (await reader.ReadAsync(buffer, CancellationToken.None) > 0)
            {
            }
        }
    }

    private Task<BodySegment> WriteAsync(string text) => WriteAsync(System.Text.Encoding.UTF8.GetBytes(text));

    private async Task<BodySegment> WriteAsync(byte[] bytes)
    {
        using var blob = Files.CreatePart();
        await blob.WriteAsync(bytes, CancellationToken.None);
        await blob.SyncAsync();
        blob.Keep();
        return new BodySegment(blob.Id, blob.Length);
    }

    private static async Task<string> ReadAsync(StoredBodyReader reader)
    {
        var buffer = new byte[2];
        var text = new System.Text.StringBuilder();
        while (await reader.ReadAsync(buffer, CancellationToken.None) is var read and > 0)
        {
            text.Append(System.Text.Encoding.UTF8.GetString(buffer, 0, read));
        }

        return text.ToString();
    }
}
