using System.Globalization;
using System.Text.RegularExpressions;

namespace Glue.FunctionLogs.Api;

/// <summary>What fields may be (CloudWatch Logs API Reference, read 2026-11). Throws InvalidParameterException with AWS's words.</summary>
internal static partial class LogsCheck
{
    public static string GroupName(string? name, string field = "logGroupName") => name switch
    {
        null => throw Fault(null, field, "Member must not be null"),
        { Length: 0 } => throw Fault(name, field, "Member must have length greater than or equal to 1"),
        { Length: > 512 } => throw Fault(name, field, "Member must have length less than or equal to 512"),
        _ when !GroupPattern().IsMatch(name) => throw Fault(name, field, @"Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+"),
        _ => name,
    };

    public static string StreamName(string? name, string field = "logStreamName") => name switch
    {
        null => throw Fault(null, field, "Member must not be null"),
        { Length: 0 } => throw Fault(name, field, "Member must have length greater than or equal to 1"),
        { Length: > 512 } => throw Fault(name, field, "Member must have length less than or equal to 512"),
        _ when name.AsSpan().IndexOfAny(':', '*') >= 0 => throw Fault(name, field, "Member must satisfy regular expression pattern: [^:*]*"),
        _ => name,
    };

    /// <summary>A bare name, or an ARN with or without <c>:*</c>; exactly one of the two fields.</summary>
    /// <param name="name">Member logGroupName.</param>
    /// <param name="identifier">Member logGroupIdentifier.</param>
    /// <param name="accountId">The caller: another account's group does not exist for it.</param>
    public static string Group(string? name, string? identifier, string accountId)
    {
        if (name is not null && identifier is not null)
        {
            throw LogsException.InvalidParameter("LogGroup name and LogGroup ARN are mutually exclusive parameters.");
        }

        if (identifier is null)
        {
            return GroupName(name);
        }

        if (!identifier.StartsWith("arn:", StringComparison.Ordinal))
        {
            return GroupName(identifier, "logGroupIdentifier");
        }

        return identifier.Split(':') is ["arn", _, "logs", _, var owner, "log-group", var named, ..]
            ? owner == accountId ? GroupName(named, "logGroupIdentifier") : throw LogsException.GroupNotFound()
            : throw LogsException.InvalidParameter($"The identifier '{identifier}' is no log group's ARN.");
    }

    public static int Limit(int? limit, int highest, int otherwise) => limit is null ? otherwise
        : limit < 1 ? throw Fault(limit, "limit", "Member must have value greater than or equal to 1")
        : limit > highest ? throw Fault(limit, "limit", $"Member must have value less than or equal to {highest}")
        : limit.Value;

    public static void Times(long? start, long? end)
    {
        if (start < 0 || end < 0)
        {
            throw Fault(start < 0 ? start : end, start < 0 ? "startTime" : "endTime", "Member must have value greater than or equal to 0");
        }
    }

    public static LogsException Fault(object? value, string field, string constraint) => LogsException.InvalidParameter(string.Create(
        CultureInfo.InvariantCulture,
        $"1 validation error detected: Value {(value is null ? "null" : $"'{value}'")} at '{field}' failed to satisfy constraint: {constraint}"));

    [GeneratedRegex(@"\A[\.\-_/#A-Za-z0-9]+\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex GroupPattern();
}
