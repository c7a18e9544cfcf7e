using Glue.Foundation.Files;

namespace Glue.Foundation.Tests.Files;

public sealed class PageCacheTests
{
    [Fact]
    public void What_is_in_memory_is_read_at_once_and_what_is_not_is_left_to_the_caller_never_read_wrong()
    {
        var bytes = new byte[300_000];
        new Random(3).NextBytes(bytes);
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, FileOptions.DeleteOnClose);
        RandomAccess.Write(file, bytes, 0);
        RandomAccess.FlushToDisk(file);

        Check(0, bytes.Length);
        Check(70_001, 131_072);
        Assert.Equal(0, PageCache.TryRead(file, new byte[10], bytes.Length));
        PageCache.Forget(file);
        Check(0, bytes.Length); // from here on it is the kernel's choice how much it has

        void Check(int offset, int length)
        {
            var into = new byte[length];
            var read = PageCache.TryRead(file, into, offset);
            Assert.InRange(read, 0, Math.Min(length, bytes.Length - offset));
            Assert.Equal(bytes.AsSpan(offset, read), into.AsSpan(0, read));
        }
    }
}
