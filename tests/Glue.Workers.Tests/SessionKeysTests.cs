using Glue.Contracts.Functions;
using Glue.Workers.Sandboxes;

namespace Glue.Workers.Tests;

/// <summary>Whose keys are good where, and for how long.</summary>
public sealed class SessionKeysTests
{
    private readonly ManualTime _time = new();
    private readonly SessionKeys _keys;

    public SessionKeysTests() => _keys = new SessionKeys(_time);

    [Fact]
    public void Keys_are_good_in_their_own_sandbox_alone()
    {
        var key = _keys.Issue(Sandbox("a"), SessionKeys.Lifetime);

        Assert.StartsWith("ASIA", key.AccessKeyId, StringComparison.Ordinal);
        Assert.Equal(SessionKeyState.Good, Check(Sandbox("a"), key));
        Assert.Equal(SessionKeyState.Unknown, Check(Sandbox("b"), key));
        Assert.Equal(SessionKeyState.Unknown, new SessionKeys(_time).Check(Sandbox("a"), key.AccessKeyId, key.Token)); // of another process
    }

    [Fact]
    public void They_expire_and_the_next_ones_are_good()
    {
        var sandbox = Sandbox("a");
        var key = _keys.Issue(sandbox, TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(SessionKeyState.Good, Check(sandbox, key));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(SessionKeyState.Expired, Check(sandbox, key));
        Assert.Equal(SessionKeyState.Good, Check(sandbox, _keys.Issue(sandbox, TimeSpan.FromHours(1))));
    }

    [Fact]
    public void What_a_template_was_given_is_good_in_its_revisions_clones_for_minutes_and_in_no_others()
    {
        var key = _keys.Issue(Sandbox("template", revision: "1", isTemplate: true), TimeSpan.FromHours(1));

        Assert.Equal(SessionKeyState.Good, Check(Sandbox("clone", revision: "1"), key));
        Assert.Equal(SessionKeyState.Unknown, Check(Sandbox("clone", revision: "2"), key));
        _time.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(SessionKeyState.Expired, Check(Sandbox("clone", revision: "1"), key));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("ASIAX", "")]
    [InlineData("ASIAX", "..")]
    [InlineData("ASIAX", "9999999999.a.AAAA")]
    [InlineData("ASIAX", "9999999999.a.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("ASIAX", "9999999999.a.not base64")]
    public void What_was_never_issued_is_unknown(string id, string token) => Assert.Equal(SessionKeyState.Unknown, _keys.Check(Sandbox("a"), id, token));

    [Fact]
    public void A_token_goes_with_its_own_access_key_and_unchanged()
    {
        var (one, another) = (_keys.Issue(Sandbox("a"), SessionKeys.Lifetime), _keys.Issue(Sandbox("a"), SessionKeys.Lifetime));

        Assert.Equal(SessionKeyState.Unknown, _keys.Check(Sandbox("a"), one.AccessKeyId, another.Token));
        Assert.Equal(SessionKeyState.Unknown, _keys.Check(Sandbox("a"), one.AccessKeyId, "9" + one.Token));
        Assert.Equal(SessionKeyState.Unknown, _keys.Check(Sandbox("a"), new string('A', 10_000), new string('.', 10_000)));
    }

    private SessionKeyState Check(SandboxIdentity sandbox, SessionKey key) => _keys.Check(sandbox, key.AccessKeyId, key.Token);

    private static SandboxIdentity Sandbox(string id, string revision = "1", bool isTemplate = false) => new(id, new FunctionVersion
    {
        AccountId = "111111111111", Name = "f", Version = "$LATEST", Arn = "arn", RevisionId = revision, Runtime = "nodejs20.x", Handler = "index.handler", Role = "", CodeSha256 = "",
    }, isTemplate);
}
