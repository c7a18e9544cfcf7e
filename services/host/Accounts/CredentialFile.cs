using Glue.Foundation.Signing;

namespace Glue.Host.Accounts;

/// <summary>
/// The first credentials of an installation, kept in the data folder with mode 0600 in the format of AWS's shared credentials
/// file, so that <c>AWS_SHARED_CREDENTIALS_FILE=data/credentials aws …</c> just works.
/// </summary>
internal static class CredentialFile
{
    /// <summary>The default account.</summary>
    public const string DefaultAccount = "000000000000";

    /// <summary>
    /// Reads the file, or makes it: from <c>GLUE_ACCESS_KEY</c> and <c>GLUE_SECRET_KEY</c> where both are set, else random. Never
    /// fixed: an installation with known default keys is an open one.
    /// </summary>
    /// <exception cref="StartupException">The file is damaged, or only one of the two variables is set.</exception>
    public static (Credential Credential, bool IsNew) Load(string path, string? accessKey, string? secretKey)
    {
        if (string.IsNullOrEmpty(accessKey) != string.IsNullOrEmpty(secretKey))
        {
            throw new StartupException("GLUE_ACCESS_KEY and GLUE_SECRET_KEY go together: set both, or neither.");
        }

        if (!string.IsNullOrEmpty(accessKey))
        {
            if (accessKey.Length < 3 || secretKey!.Length < 8)
            {
                throw new StartupException("GLUE_ACCESS_KEY needs at least 3 characters and GLUE_SECRET_KEY at least 8.");
            }

            Write(path, accessKey, secretKey);
            return (Make(accessKey, secretKey), false);
        }

        if (File.Exists(path))
        {
            return (Read(path), false);
        }

        (accessKey, secretKey) = (AccessKeys.NewId(), AccessKeys.NewSecret());
        Write(path, accessKey, secretKey);
        return (Make(accessKey, secretKey), true);
    }

    /// <exception cref="StartupException">The file is missing or damaged.</exception>
    public static Credential Read(string path)
    {
        string? accessKey = null, secretKey = null;
        try
        {
            foreach (var line in File.ReadLines(path))
            {
                var parts = line.Split('=', 2, StringSplitOptions.TrimEntries);
                switch (parts)
                {
                    case ["aws_access_key_id", var value]: accessKey = value; break;
                    case ["aws_secret_access_key", var value]: secretKey = value; break;
                }
            }
        }
        catch (IOException e)
        {
            throw new StartupException($"The credentials file {path} cannot be read: {e.Message}", e);
        }

        return accessKey is not null && secretKey is not null
            ? Make(accessKey, secretKey)
            : throw new StartupException($"The credentials file {path} holds no key pair. Restore it, or delete it to have new keys made.");
    }

    private static Credential Make(string accessKey, string secretKey) => new(accessKey, secretKey, DefaultAccount, DefaultAccount);

    private static void Write(string path, string accessKey, string secretKey)
    {
        var temporary = path + ".new";
        File.Delete(temporary);
        using (var file = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(
                $"[default]\naws_access_key_id = {accessKey}\naws_secret_access_key = {secretKey}\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
