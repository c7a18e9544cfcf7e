using System.Text.RegularExpressions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>The patterns that AWS's model of the Lambda API gives its fields (read 2026-11).</summary>
internal static partial class ModelPatterns
{
    private const RegexOptions Plain = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private const int LimitMs = 1000;

    /// <summary>Of a layer, and of a statement of a policy.</summary>
    [GeneratedRegex(@"\A[a-zA-Z0-9-_]+\z", Plain, LimitMs)]
    public static partial Regex Identifier { get; }

    [GeneratedRegex(@"\A(?!^[0-9]+$)([a-zA-Z0-9-_]+)\z", Plain, LimitMs)]
    public static partial Regex AliasName { get; }

    [GeneratedRegex(@"\A(\$LATEST|[0-9]+)\z", Plain, LimitMs)]
    public static partial Regex Version { get; }

    [GeneratedRegex(@"\A[0-9]+\z", Plain, LimitMs)]
    public static partial Regex PublishedVersion { get; }

    [GeneratedRegex(@"\A(lambda:[*]|lambda:[a-zA-Z]+|[*])\z", Plain, LimitMs)]
    public static partial Regex Action { get; }

    /// <summary>Of a principal and of a handler.</summary>
    [GeneratedRegex(@"\A[^\s]+\z", Plain, LimitMs)]
    public static partial Regex NoSpaces { get; }

    [GeneratedRegex(@"\A\d{12}\z", Plain, LimitMs)]
    public static partial Regex AccountId { get; }

    [GeneratedRegex(@"\Aarn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:([a-z]{2}(-gov)?-[a-z]+-\d{1})?:(\d{12})?:(.*)\z", Plain, LimitMs)]
    public static partial Regex SourceArn { get; }

    [GeneratedRegex(@"\Aarn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+\z", Plain, LimitMs)]
    public static partial Regex Role { get; }

    [GeneratedRegex(@"\A[a-zA-Z]([a-zA-Z0-9_])+\z", Plain, LimitMs)]
    public static partial Regex VariableName { get; }

    [GeneratedRegex(@"\Aarn:[a-zA-Z0-9-]+:lambda:[a-zA-Z0-9-]+:(?<account>\d{12}):layer:(?<name>[a-zA-Z0-9-_]+)(:(?<version>[0-9]{1,9}))\z", Plain, LimitMs)]
    public static partial Regex LayerVersionArn { get; }

    [GeneratedRegex(@"\Aarn:(aws[a-zA-Z-]*):lambda:[a-z]{2}((-gov)|(-iso(b?)))?-[a-z]+-\d{1}::runtime:.+\z", Plain, LimitMs)]
    public static partial Regex RuntimeVersion { get; }

    [GeneratedRegex(@"\A[\.\-_/#A-Za-z0-9]+\z", Plain, LimitMs)]
    public static partial Regex LogGroup { get; }

    /// <summary>Of an event source's token, and of a statement that is to be removed.</summary>
    [GeneratedRegex(@"\A[a-zA-Z0-9._\-]+\z", Plain, LimitMs)]
    public static partial Regex Token { get; }

    [GeneratedRegex(@"\Ao-[a-z0-9]{10,34}\z", Plain, LimitMs)]
    public static partial Regex Organization { get; }

    [GeneratedRegex(@"\A(\d{12}|[*]|arn:(aws[a-zA-Z-]*):iam::\d{12}:root)\z", Plain, LimitMs)]
    public static partial Regex LayerPrincipal { get; }

    [GeneratedRegex(@"\A[a-zA-Z0-9-\/*:_+=.@-]+\z", Plain, LimitMs)]
    public static partial Regex ConsumerGroup { get; }

    [GeneratedRegex(@"\A[^.]([a-zA-Z0-9\-_.]+)\z", Plain, LimitMs)]
    public static partial Regex Topic { get; }

    [GeneratedRegex(@"\A([A-Za-z0-9]([A-Za-z0-9\-]*[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9\-]*[A-Za-z0-9])?:[0-9]{1,5}\z", Plain, LimitMs)]
    public static partial Regex Endpoint { get; }
}
