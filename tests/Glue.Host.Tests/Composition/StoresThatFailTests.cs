using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Glue.Dispatcher.Accounts;
using Glue.Dispatcher.Functions;
using Glue.Foundation.Signing;
using Glue.Host.Accounts;
using Glue.Host.Composition;

namespace Glue.Host.Tests.Composition;

/// <summary>Deployment packages and destinations in buckets, while the store refuses, breaks off or is not there: told as such, not as a fault of the API.</summary>
public sealed class StoresThatFailTests : IDisposable
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";

    private static readonly Credential Caller = new("AKID", "secret", "000000000000", "root");

    private readonly TcpListener _store = new(IPAddress.Loopback, 0);

    public StoresThatFailTests() => _store.Start();

    private Uri Address => new($"http://{_store.LocalEndpoint}");

    public void Dispose() => _store.Dispose();

    [Theory]
    [InlineData("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>NoSuchKey</Code><Message>There is no a&#x1;.</Message><Key>a&#x1;</Key></Error>", "NoSuchKey", "There is no a\u0001.")]
    [InlineData("<html><br></html>", "404", "Not Found")]
    [InlineData("gone", "404", "Not Found")]
    public async Task A_refusal_is_told_with_the_stores_own_words_whatever_the_key_holds_and_the_store_sends(string body, string code, string message)
    {
        var refused = await RefusedAsync($"HTTP/1.1 404 Not Found\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n", body);
        Assert.Equal((code, message), (refused.Code, refused.Message));
    }

    [Theory]
    [InlineData("", "")] // hangs up on HEAD
    [InlineData(Ok, "")] // hangs up on GET
    [InlineData(Ok, Ok + "ab")] // in the middle of the object
    public async Task A_store_that_breaks_off_is_told(string toHead, string toGet)
    {
        var refused = await RefusedAsync(toHead, toGet);
        Assert.Equal("ServiceUnavailable", refused.Code);
        Assert.StartsWith("The object store could not be reached, or broke off: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_is_not_there_is_told_to_who_deploys_from_it_and_who_sends_records_to_it()
    {
        _store.Stop();
        using var packages = new StoredPackages(() => Address, new SigV4Signer(TimeProvider.System));
        var refused = await Assert.ThrowsAsync<PackageObjectException>(() => ReadAsync(packages));
        using var destination = new BucketDestination(() => Address, new InstallationCredentials(Caller, new NoAccounts()), new SigV4Signer(TimeProvider.System));
        var why = await destination.RefusalAsync("000000000000", "arn:aws:s3:::bucket", CancellationToken.None);

        Assert.Equal("ServiceUnavailable", refused.Code);
        Assert.StartsWith("the store could not be asked for bucket 'bucket': ", why, StringComparison.Ordinal);
    }

    /// <param name="toHead">The answer to HEAD, after which the connection ends.</param>
    /// <param name="toGet">The answer to GET: its head, or what the one to HEAD has as well and more.</param>
    private async Task<PackageObjectException> RefusedAsync(string toHead, string toGet)
    {
        using var packages = new StoredPackages(() => Address, new SigV4Signer(TimeProvider.System));
        using var end = new CancellationTokenSource();
        var serving = ServeAsync(method => method == "HEAD" ? toHead : toGet.StartsWith("HTTP", StringComparison.Ordinal) || toHead is Ok or "" ? toGet : toHead + toGet, end.Token);
        var refused = await Assert.ThrowsAsync<PackageObjectException>(() => ReadAsync(packages));
        await end.CancelAsync();
        await serving;
        return refused;
    }

    private static Task<IMemoryOwner<byte>> ReadAsync(StoredPackages packages) => packages.ReadAsync(Caller, "bucket", "a\u0001", versionId: null, maxBytes: 100, CancellationToken.None);

    /// <summary>One request per connection; with no answer it is closed.</summary>
    private async Task ServeAsync(Func<string, string> answer, CancellationToken end)
    {
        try
        {
            while (true)
            {
                using var client = await _store.AcceptTcpClientAsync(end);
                await using var stream = client.GetStream();
                var head = new StringBuilder();
                var buffer = new byte[4096];
                while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(buffer, end) is > 0 and var read)
                {
                    head.Append(Encoding.ASCII.GetString(buffer, 0, read));
                }

                await stream.WriteAsync(Encoding.UTF8.GetBytes(answer(head.ToString().Split(' ')[0])), end);
            }
        }
        catch (OperationCanceledException)
        {
            // The test has what it asked for.
        }
    }

    private sealed class NoAccounts : IAccountKeys
    {
        public Credential? Find(string accessKeyId) => null;
    }
}
