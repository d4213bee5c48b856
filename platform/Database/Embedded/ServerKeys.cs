using System.Security.Cryptography;
using System.Text.Json;

namespace Platform.Database.Embedded;

/// <summary>
/// What has to be known to reach the embedded server: its port and the password of each role. Kept in the data folder as
/// <c>database.json</c>, readable by its owner alone.
/// </summary>
sealed record ServerKeys(int Port, IReadOnlyDictionary<string, string> Passwords)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    static readonly string[] Roles = ["postgres", "portal_owner", "portal_app", "identity_owner", "identity_app"];

    public static ServerKeys New(int port) =>
        new(port, Roles.ToDictionary(role => role, _ => RandomNumberGenerator.GetHexString(40, lowercase: true), StringComparer.Ordinal));

    /// <summary>The keys of a data folder; null where it has none yet.</summary>
    /// <exception cref="CannotStartException">There is a file, and it is not the one that was written.</exception>
    public static async Task<ServerKeys?> ReadAsync(string path, CancellationToken ct)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        return await ParseAsync(path, ct) is { Port: > 0 and < 65536, Passwords: { } passwords } keys && Roles.All(role => passwords.GetValueOrDefault(role) is { Length: > 0 })
            ? keys
            : throw new CannotStartException($"{path} with the passwords of the database is damaged: put it back from a backup, or begin anew in another data folder.");
    }

    static async Task<ServerKeys?> ParseAsync(string path, CancellationToken ct)
    {
        await using var file = File.OpenRead(path);
        try
        {
            return await JsonSerializer.DeserializeAsync<ServerKeys>(file, Json, ct);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Replaces the file in one step, so that nobody ever reads half of it.</summary>
    public async Task WriteAsync(string path, CancellationToken ct)
    {
        var fresh = path + ".new";
        File.Delete(fresh);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using (var file = new FileStream(fresh, options))
        {
            await JsonSerializer.SerializeAsync(file, this, Json, ct);
        }

        File.Move(fresh, path, overwrite: true);
    }
}
