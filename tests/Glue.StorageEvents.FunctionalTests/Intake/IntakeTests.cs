using System.Text;
using Glue.Contracts.Invocations;
using Glue.Contracts.Storage;
using Glue.StorageEvents.Tests;
using Glue.StorageEvents.Tests.Rules;
using static Glue.StorageEvents.Tests.Rules.Configurations;

namespace Glue.StorageEvents.FunctionalTests.Intake;

public sealed class IntakeTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly RecordingIntake _intake = new();
    private StorageEventsUnderTest _storageEvents = null!;

    public async Task InitializeAsync() => _storageEvents = await StorageEventsUnderTest.StartAsync(_folder, _intake);

    public async Task DisposeAsync()
    {
        await _storageEvents.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_change_that_a_rule_wants_becomes_an_invocation_of_its_function()
    {
        await _storageEvents.PutRulesAsync(Rule("thumbnails", prefix: "in/") with { FunctionArn = FakeFunctions.Thumbnail });
        await _storageEvents.RecordAsync(Changes.Put("in/für dich.jpg") with { LineageDepth = 2, BucketOwner = "000000000000" });

        var invocation = Assert.Single(await _intake.TakenAsync(1));
        Assert.Equal(("000000000000", "thumbnail", (string?)null), (invocation.AccountId, invocation.FunctionName, invocation.Qualifier));
        Assert.Equal(new InvocationSource("s3", "thumbnails", "photos", "in/für dich.jpg", "0055AED6DCD90281E5"), invocation.Source);
        Assert.Equal(("photos/in/für dich.jpg", 2), (invocation.OrderKey, invocation.LineageDepth));
        var payload = Encoding.UTF8.GetString(invocation.Payload.Span);
        Assert.Contains("\"configurationId\":\"thumbnails\"", payload, StringComparison.Ordinal);
        Assert.Contains("\"key\":\"in/f%C3%BCr+dich.jpg\"", payload, StringComparison.Ordinal);
        Assert.DoesNotContain("\"glue\"", payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_matching_rule_gives_its_own_invocation_and_other_changes_give_none()
    {
        await _storageEvents.PutRulesAsync(Rule("created", prefix: "in/"), Rule("removed", prefix: "in/", events: "s3:ObjectRemoved:*"));
        await _storageEvents.RecordAsync(
            Changes.Put("elsewhere.jpg"), Changes.Put("in/a", bucket: "other"), Changes.Put("in/a"), Changes.Delete("in/a"), Changes.Put("last"), Changes.Put("in/b"));
        Assert.Equal(
            ["created photos/in/a", "removed photos/in/a", "created photos/in/b"],
            (await _intake.TakenAsync(3)).Select(invocation => $"{invocation.Source.RuleId} {invocation.OrderKey}"));
    }

    [Fact]
    public async Task Invocations_come_in_the_order_of_the_log()
    {
        await _storageEvents.PutRulesAsync(Rule());
        for (var i = 0; i < 40; i++)
        {
            await _storageEvents.RecordAsync(Changes.Put("key") with { Sequencer = $"{i:X4}" });
        }

        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"{i:X4}"), (await _intake.TakenAsync(40)).Select(invocation => invocation.Source.Sequencer));
    }

    [Fact]
    public async Task A_record_that_cannot_be_read_is_put_aside_with_the_reason_and_holds_up_nothing()
    {
        await _storageEvents.PutRulesAsync(Rule());
        await _storageEvents.RecordAsync(Changes.Put("before"));
        await _storageEvents.AppendAsync("{\"Records\":[{\"eventName\":\"ObjectCreated:Put\",\"s3\":{\"bucket\":{\"name\":\"photos\"}}}]}");
        await _storageEvents.RecordAsync(Changes.Put("after"));

        Assert.Equal(["before", "after"], (await _intake.TakenAsync(2)).Select(invocation => invocation.Source.ObjectKey));
        var rejected = Assert.Single(_storageEvents.Rejected.Newest(10));
        Assert.Equal("Records[0].s3.object is missing", rejected.Reason);
        Assert.StartsWith("{\"Records\":[{", Encoding.UTF8.GetString(rejected.Value.Span), StringComparison.Ordinal);
        Assert.Equal("3002 1 records put aside as unreadable; the first is offset 2: Records[0].s3.object is missing", Assert.Single(_storageEvents.Lines.All));
    }

    [Fact]
    public async Task Of_a_message_with_many_records_the_good_ones_run()
    {
        await _storageEvents.PutRulesAsync(Rule());
        await _storageEvents.AppendAsync("""
            {"Records":[{"eventName":"s3:ObjectCreated:Put","s3":{"bucket":{"name":"photos"},"object":{"key":"one"}}},
            {"eventName":"s3:ObjectCreated:Put"},
            {"eventName":"s3:ObjectCreated:Put","s3":{"bucket":{"name":"photos"},"object":{"key":"t+w%2Bo"}}}]}
            """);
        Assert.Equal(["one", "t w+o"], (await _intake.TakenAsync(2)).Select(invocation => invocation.Source.ObjectKey));
        Assert.Equal("Records[1].s3 is missing", Assert.Single(_storageEvents.Rejected.Newest(10)).Reason);
    }

    [Fact]
    public async Task A_queue_that_refuses_is_asked_again_until_it_takes_and_the_log_says_so_once()
    {
        await _storageEvents.PutRulesAsync(Rule());
        var tries = 0;
        _intake.Before = () => ++tries <= 5 ? throw new IOException("No space left on device") : Task.CompletedTask;
        await _storageEvents.RecordAsync(Changes.Put("a"));
        await _storageEvents.RecordAsync(Changes.Put("b"));
        Assert.Equal(["a", "b"], (await _intake.TakenAsync(2)).Select(invocation => invocation.Source.ObjectKey));
        Assert.Equal("3003 Events wait: the invocation queue did not take them. Nothing is lost; trying again until it does", Assert.Single(_storageEvents.Lines.All));
    }

    [Fact]
    public async Task What_a_bucket_did_under_another_account_fires_no_rule_of_its_present_owner()
    {
        await _storageEvents.PutRulesAsync(Rule());
        await _storageEvents.RecordAsync(Changes.Put("theirs") with { BucketOwner = "111111111111" }, Changes.Put("ours"));
        Assert.Equal("ours", Assert.Single(await _intake.TakenAsync(1)).Source.ObjectKey);
    }

    [Fact]
    public async Task A_configuration_holds_for_the_next_record_and_its_end_too()
    {
        await _storageEvents.PutRulesAsync(Rule("one"));
        await _storageEvents.RecordAsync(Changes.Put("a"));
        await _intake.TakenAsync(1);
        await _storageEvents.PutRulesAsync(Rule("two"));
        await _storageEvents.RecordAsync(Changes.Put("b"));
        await _intake.TakenAsync(2);
        await _storageEvents.PutRulesAsync();
        await _storageEvents.RecordAsync(Changes.Put("c"));
        await _storageEvents.Notifications.BucketDeletedAsync("000000000000", "photos", CancellationToken.None);
        await _storageEvents.PutRulesAsync(Rule("three", prefix: "d"));
        await _storageEvents.RecordAsync(Changes.Put("d"));
        Assert.Equal(["one a", "two b", "three d"], (await _intake.TakenAsync(3)).Select(invocation => $"{invocation.Source.RuleId} {invocation.Source.ObjectKey}"));
    }
}
