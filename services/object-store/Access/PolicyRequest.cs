using System.Net;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Access;

/// <summary>One request as policies see it.</summary>
/// <param name="Source">The request.</param>
/// <param name="Action"><c>s3:GetObject</c>.</param>
/// <param name="Resource"><c>bucket</c> or <c>bucket/key</c>.</param>
internal sealed record PolicyRequest(S3Request Source, string Action, string Resource)
{
    /// <summary>Empty: anonymous.</summary>
    public string AccountId => Source.Credential.AccountId;

    public IPAddress? Address => Source.Http.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped
        ? mapped.MapToIPv4()
        : Source.Http.Connection.RemoteIpAddress;

    /// <summary>The value of a condition key; null: the request has none.</summary>
    public string? Value(string key) => key switch
    {
        "aws:principalaccount" => AccountId.Length == 0 ? null : AccountId,
        "aws:referer" => Source.Header("Referer"),
        "aws:securetransport" => Source.Http.Request.IsHttps ? "true" : "false",
        "s3:prefix" => Source.Ask("prefix") ?? "",
        "s3:delimiter" => Source.Ask("delimiter") ?? "",
        _ => null,
    };
}
