using System.Globalization;

namespace Identity.Keys;

/// <summary>The verbs about keys.</summary>
sealed class KeyVerbs(RotateKeys rotateKeys)
{
    /// <summary>Rotates and says from when on which key signs.</summary>
    public async Task<int> RotateAsync(TextWriter output, CancellationToken ct)
    {
        foreach (var (kid, algorithm, signsFrom) in await rotateKeys.RotateNowAsync(ct))
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{algorithm}  {kid}  signs from {signsFrom:yyyy-MM-dd HH:mm:ss} UTC"));
        }

        return 0;
    }

    /// <summary>Revokes a key.</summary>
    public async Task<int> RevokeAsync(string kid, string? reason, TextWriter output, CancellationToken ct)
    {
        var revoked = await rotateKeys.RevokeAsync(kid, reason ?? "compromised", ct);
        await output.WriteLineAsync(revoked
            ? $"{kid} is revoked. Tokens signed with it no longer count here; other services notice within five minutes."
            : $"There is no key '{kid}' that still counts.");
        return revoked ? 0 : 1;
    }
}
