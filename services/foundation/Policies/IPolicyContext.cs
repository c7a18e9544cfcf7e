using System.Net;

namespace Glue.Foundation.Policies;

/// <summary>What conditions are compared with.</summary>
public interface IPolicyContext
{
    /// <summary>The sender's; null: it has none that means anything.</summary>
    IPAddress? Address { get; }

    /// <param name="key">A condition key in lower case, such as <c>s3:prefix</c>.</param>
    /// <remarks><c>s3:prefix</c> and <c>s3:delimiter</c> are asked for only of lists.</remarks>
    /// <returns>Null: the request has no such value.</returns>
    string? Value(string key);
}
