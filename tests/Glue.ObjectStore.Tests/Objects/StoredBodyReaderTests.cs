using Glue.ObjectStore.Files;
using Glue.ObjectStore.Objects;

namespace Glue.ObjectStore.Tests.Objects;

public sealed class StoredBodyReaderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly DiskThreads _disk = new();
    private readonly BlobFiles _files;

    public StoredBodyReaderTests() => _files = new BlobFiles(_folder["blobs"], _disk);

    public void Dispose()
    {
        _files.Dispose();
        _disk.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Every_range_across_blobs_is_the_same_range_of_the_whole()
    {
        var body = new ObjectBody([await WriteAsync("abc"), await WriteAsync(""), await WriteAsync("d"), await WriteAsync("efgh")]);
        const string Whole = "abcdefgh";
        for (var start = 0; start <= Whole.Length; start++)
        {
            for (var length = 0; start + length <= Whole.Length; length++)
            {
                using var reader = new StoredBodyReader(_files, body, new ByteRange(start, length));

                Assert.Equal(Whole.Substring(start, length), await ReadAsync(reader));
            }
        }
    }

    [Fact]
    public async Task A_body_removed_while_it_is_read_is_read_to_its_end_and_then_gone()
    {
        var body = new ObjectBody([await WriteAsync("first"), await WriteAsync("second"), await WriteAsync("third")]);
        using (var reader = new StoredBodyReader(_files, body, new ByteRange(0, 16)))
        {
            _files.Delete(body.Blobs);

            Assert.Equal("firstsecondthird", await ReadAsync(reader));
        }

        Assert.Empty(_files.Settled());
        Assert.Throws<FileNotFoundException>(() => new StoredBodyReader(_files, body, new ByteRange(0, 16)));
    }

    [Fact]
    public void A_blob_that_was_not_kept_leaves_no_file_and_one_being_written_is_not_the_sweeps_business()
    {
        using (_files.Create())
        {
            Assert.Empty(_files.Settled());
        }

        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories));
    }

    private async Task<BodySegment> WriteAsync(string text)
    {
        using var blob = _files.Create();
        await blob.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), CancellationToken.None);
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
