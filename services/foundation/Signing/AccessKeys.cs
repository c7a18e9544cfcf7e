using System.Security.Cryptography;

namespace Glue.Foundation.Signing;

/// <summary>Makes key pairs: random, in the shapes that AWS's tools expect.</summary>
public static class AccessKeys
{
    /// <summary>20 characters, the public half.</summary>
    public static string NewId() => "GLUE" + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16);

    /// <summary>40 characters, the secret half.</summary>
    public static string NewSecret() => RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 40);
}
