using System.Security.Cryptography;
using Microsoft.AspNetCore.WebUtilities;

namespace Platform.Secrets;

/// <summary>
/// A random secret in a file only its owner can read (0600). The embedded default of what an installation would set itself;
/// made on first use, also when two processes come for it at the same moment.
/// </summary>
public static class SecretFile
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The secret of that file, 256 bits as base64url text; a file that is not there yet is made.</summary>
    /// <exception cref="InvalidDataException">The file holds something shorter than a secret.</exception>
    public static string ReadOrCreate(string path)
    {
        if (!File.Exists(path))
        {
            Create(path);
        }

        var secret = File.ReadAllText(path).Trim();
        return secret.Length >= 32 ? secret : throw new InvalidDataException($"The file {path} should hold a secret of at least 32 characters.");
    }

    // Written under another name first: whoever finds the file finds all of it, and the first to give it its name wins.
    static void Create(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        CreateFolder(folder);
        var draft = Path.Combine(folder, Path.GetRandomFileName());
        var asOwner = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            asOwner.UnixCreateMode = OwnerOnly;
        }

        using (var stream = new FileStream(draft, asOwner))
        using (var writer = new StreamWriter(stream))
        {
            writer.Write(WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32)));
        }

        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }

    static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        }
    }
}
