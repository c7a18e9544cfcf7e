namespace Glue.Functions.Http;

/// <summary>Where to connect. Plain HTTP only: inside a sandbox both the Runtime API and the storage gateway are on loopback.</summary>
/// <param name="Host">A name or an address, without brackets.</param>
/// <param name="Port">1 to 65535.</param>
public readonly record struct HttpEndpoint(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c> or <c>http://host[:port][/]</c>.</summary>
    /// <exception cref="FormatException">It is neither, or asks for https.</exception>
    public static HttpEndpoint Parse(string text)
    {
        var address = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme != "http" || uri.AbsolutePath != "/")
        {
            throw new FormatException($"'{text}' is not an endpoint: write host:port or http://host:port (https is not spoken inside a sandbox).");
        }

        return new HttpEndpoint(uri.DnsSafeHost, uri.Port);
    }

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}
