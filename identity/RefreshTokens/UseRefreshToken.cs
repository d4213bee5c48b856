using Identity.Clients;
using Identity.Grants;
using Identity.Token;
using Identity.Web;
using Microsoft.AspNetCore.DataProtection;
using Platform.Audit;
using Platform.Database;
using Secret = Identity.Web.Secret;

namespace Identity.RefreshTokens;

/// <summary>
/// Exchanges a refresh token for new tokens (RFC 6749, 6). Each is good once and has one successor; one that comes again after that is in two hands, and its whole
/// family ends (RFC 9700, 4.14.2). A client that did not get our answer may ask again at once and gets the same successor.
/// </summary>
sealed class UseRefreshToken(
    RefreshTokenStore refreshTokens, GrantStore grants, IssueToPerson issue, IDataProtectionProvider protection, Db db, AuditTrail audit, TimeProvider clock, ILogger<UseRefreshToken> log)
{
    readonly IDataProtector protector = protection.CreateProtector("refresh token successors");

    /// <summary>Does so.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="form">What for.</param>
    /// <param name="jkt">The key the client has just proven to have, if any.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<TokenAnswer> RunAsync(Client client, ProtocolParameters form, string? jkt, CancellationToken ct)
    {
        if (form["refresh_token"] is not { Length: <= 200 } token)
        {
            return new TokenAnswer.Refused(OAuthError.InvalidRequest("The refresh_token is missing or too long."));
        }

        var scopes = form["scope"]?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToArray() ?? [];
        if ((form["scope"] is not null && scopes.Length == 0) || scopes.Any(scope => !client.MayAskFor(scope)))
        {
            return new TokenAnswer.Refused(NotGranted);
        }

        return await db.InTransactionAsync(async () =>
        {
            var successor = Secret.New();
            return await RotateAsync(new(token, client.ClientId, scopes, jkt, successor, protector.Protect(successor)), ct) is { } rotated
                ? await IssueAsync(client, rotated, scopes, jkt, successor, isRetry: false, ct)
                : await AnswerUnusableAsync(client, token, scopes, jkt, ct);
        }, ct);
    }

    // Who comes too late has waited for the row and would keep it to the end of the transaction: of fifty each would sign its answer while the others wait. Going back
    // behind the attempt lets go of it.
    async Task<RefreshToken?> RotateAsync(Rotation rotation, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync(async () => await refreshTokens.RotateAsync(rotation, ct) ?? throw new NotRotatedException(), ct);
        }
        catch (NotRotatedException)
        {
            return null;
        }
    }

    async Task<TokenAnswer> AnswerUnusableAsync(Client client, string token, string[] scopes, string? jkt, CancellationToken ct)
    {
        if (await refreshTokens.FindAsync(token, ct) is not { } known)
        {
            return new TokenAnswer.Refused(OAuthError.InvalidRefreshToken);
        }

        // Whoever is not its client, or has not its key, proves nothing about who else has it: it stays as it is for the one who does.
        return known.ClientId != client.ClientId ? await RefuseAsync(client, known, "another_client", ct)
            : known.DPoPJkt is not null && known.DPoPJkt != jkt ? await RefuseAsync(client, known, "another_key", ct)
            : !known.Stands || !client.AllowOfflineAccess ? await RefuseAsync(client, known, "withdrawn", ct)
            : scopes.Except(known.Scopes, StringComparer.Ordinal).Any() ? new TokenAnswer.Refused(NotGranted)
            : known.UsedAt is not { } usedAt ? await RefuseAsync(client, known, "expired", ct)
            : known.SealedSuccessor is { } successor && clock.GetUtcNow().UtcDateTime - usedAt <= Profile.RefreshTokenRetry
                ? await IssueAsync(client, known, scopes, jkt, protector.Unprotect(successor), isRetry: true, ct)
            : await EndFamilyAsync(client, known, ct);
    }

    async Task<TokenAnswer> IssueAsync(Client client, RefreshToken token, string[] scopes, string? jkt, string successor, bool isRetry, CancellationToken ct)
    {
        // What the client has lost the right to since is not issued any more, though it was granted.
        var standing = (scopes.Length == 0 ? token.Scopes : scopes).Where(client.MayAskFor).ToArray();
        var answer = await issue.RunAsync(client, token, standing, jkt, nonce: null, successor, ct);
        // Last, so that it goes with the commit: rivals for one token write into one chain, and none shall sign while it holds the chain.
        await audit.RecordAsync("refresh_token.used", "grant", token.Handle, null, new { client = client.ClientId, account = token.Subject, isRetry }, ct);
        return answer;
    }

    async Task<TokenAnswer> RefuseAsync(Client client, RefreshToken token, string reason, CancellationToken ct)
    {
        await audit.RecordAsync("refresh_token.refused", "grant", token.Handle, null, new { client = client.ClientId, reason }, ct);
        return new TokenAnswer.Refused(OAuthError.InvalidRefreshToken);
    }

    async Task<TokenAnswer> EndFamilyAsync(Client client, RefreshToken token, CancellationToken ct)
    {
        if (!await grants.RevokeAsync(token.AccessGrantId, "refresh_token_reused", ct))
        {
            return await RefuseAsync(client, token, "withdrawn", ct);
        }

        await audit.RecordAsync("refresh_token.reused", "grant", token.Handle, null, new { client = client.ClientId, account = token.Subject }, ct);
        log.LogWarning("A refresh token of client {Client} was used twice; grant {Grant} of account {Account} has ended with all its tokens", client.ClientId, token.Handle, token.Subject);
        return new TokenAnswer.Refused(OAuthError.InvalidRefreshToken);
    }

    static OAuthError NotGranted { get; } = new("invalid_scope", "A scope was not granted, or is not allowed for this client.");

    sealed class NotRotatedException : Exception;
}
