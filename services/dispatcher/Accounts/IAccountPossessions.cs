namespace Glue.Dispatcher.Accounts;

/// <summary>What an account has elsewhere, and what keeps it from being removed.</summary>
public interface IAccountPossessions
{
    /// <summary>In words for people (<c>bucket photos</c>); none: nothing.</summary>
    IEnumerable<string> Of(string accountId);
}
