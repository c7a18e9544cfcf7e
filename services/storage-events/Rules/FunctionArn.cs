namespace Glue.StorageEvents.Rules;

/// <summary><c>arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]</c>, taken apart.</summary>
internal sealed record FunctionArn(string Text, string AccountId, string Name, string? Qualifier)
{
    private const int MaxNameLength = 64;
    private const int MaxQualifierLength = 128;

    /// <summary>Null when the text is not a function's ARN.</summary>
    public static FunctionArn? Parse(string text)
    {
        var parts = text.Split(':');
        return parts is ["arn", { Length: > 0 }, "lambda", { Length: > 0 }, var account, "function", var name, ..]
            && parts.Length is 7 or 8
            && account.Length == 12 && account.All(char.IsAsciiDigit)
            && name.Length is > 0 and <= MaxNameLength && name.All(IsNameCharacter)
            && (parts.Length == 7 || IsQualifier(parts[7]))
            ? new FunctionArn(text, account, name, parts.Length == 8 ? parts[7] : null)
            : null;
    }

    private static bool IsQualifier(string text) =>
        text == "$LATEST" || (text.Length is > 0 and <= MaxQualifierLength && text.All(IsNameCharacter));

    private static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';
}
