using System.Collections.Frozen;

namespace Identity.Users;

/// <summary>The passwords everybody tries first: 49,000 of them, brought in by the build.</summary>
static class CommonPasswords
{
    static readonly Lazy<FrozenSet<string>> Known = new(Read);

    /// <summary>True for one of the list, whatever its case.</summary>
    public static bool Contains(string password) => Known.Value.Contains(password.ToLowerInvariant());

    static FrozenSet<string> Read()
    {
        using var reader = new StreamReader(typeof(CommonPasswords).Assembly.GetManifestResourceStream("common-passwords.txt")
            ?? throw new InvalidOperationException("The build did not bring in the list of common passwords."));
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
    }
}
