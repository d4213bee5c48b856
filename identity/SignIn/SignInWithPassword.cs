using System.Security.Cryptography;
using Identity.SecondFactors;
using Identity.Sessions;
using Identity.Throttling;
using Identity.Users;
using Identity.Web;
using Microsoft.AspNetCore.Identity;
using Platform.Audit;
using Platform.Database;

namespace Identity.SignIn;

/// <summary>What became of an attempt to sign in.</summary>
abstract record SignInAttempt
{
    SignInAttempt()
    {
    }

    /// <summary>The session has begun.</summary>
    public sealed record Succeeded : SignInAttempt;

    /// <summary>The password is right; a second factor is to be shown before anything is opened.</summary>
    public sealed record HalfDone : SignInAttempt;

    /// <summary>Address or password wrong, account locked or disabled: nobody outside learns which.</summary>
    public sealed record Refused : SignInAttempt;

    /// <summary>Too many failures from this address, or at this company.</summary>
    public sealed record TooMany(TimeSpan Wait) : SignInAttempt;
}

/// <summary>
/// Signs somebody in with a password. Known or unknown, locked or disabled: the same statements run and the same hash is computed, so
/// that neither the answer nor its time tells who has an account.
/// </summary>
sealed class SignInWithPassword(
    Db db, Accounts accounts, AccountStore store, IPasswordHasher<Account> hasher, PasswordWork work, SecondFactorStore factors, HalfSignIns halves, BeginSession beginSession, Throttle throttle, AuditTrail audit, ILogger<SignInWithPassword> log)
{
    static readonly string[] Password = ["pwd"];

    /// <summary>Tries.</summary>
    public async Task<SignInAttempt> RunAsync(HttpContext http, string email, string password, CancellationToken ct)
    {
        var (address, company) = (Throttle.Address(http), CompanyOf(email));
        if (await HoldBackAsync(address, company, ct) is { } wait)
        {
            return new SignInAttempt.TooMany(wait);
        }

        var normalized = accounts.NormalizeEmail(email)!;
        var account = await store.TakeTryAsync(normalized, Profile.FailuresThatLock, Profile.Lockout, ct);
        var result = await work.RunAsync(() => hasher.VerifyHashedPassword(account ?? new(), account?.PasswordHash ?? work.HashOfNobody, password), ct);
        if (account is null || result is PasswordVerificationResult.Failed)
        {
            await RecordRefusalAsync(normalized, account, address, ct);
            return new SignInAttempt.Refused();
        }

        await throttle.GiveBackAsync(Limit.SignInFailures, address, ct);
        await throttle.GiveBackAsync(Limit.TenantSignInFailures, company, ct);
        await store.ForgiveFailuresAsync(account.AccountId, ct);
        if (result is PasswordVerificationResult.SuccessRehashNeeded)
        {
            var hash = await work.RunAsync(() => hasher.HashPassword(account, password), ct);
            await store.ReplaceHashAsync(account.AccountId, account.PasswordHash!, hash, ct);
        }

        if ((await factors.FactorsAsync(account.AccountId, ct)).Any)
        {
            await halves.BeginAsync(http, account, Password, ct);
            return new SignInAttempt.HalfDone();
        }

        await beginSession.RunAsync(http, account, Password, ct);
        return new SignInAttempt.Succeeded();
    }

    // Before an account is touched: whoever tries too often wears out the patience we have with the address, not that with the account's owner.
    async Task<TimeSpan?> HoldBackAsync(string address, string company, CancellationToken ct)
    {
        if (await throttle.TakeAsync(Limit.SignInFailures, address, ct) is { } wait)
        {
            log.LogWarning("Sign-ins from {Address} are held back: too many failures", address);
            return wait;
        }

        if (await throttle.TakeAsync(Limit.TenantSignInFailures, company, ct) is { } companyWait)
        {
            log.LogWarning("Sign-ins at one company are held back: too many failures, the last from {Address}", address);
            return companyWait;
        }

        return null;
    }

    // Hashed: what is typed into the field may be anything, and is kept nowhere.
    static string CompanyOf(string email) => Convert.ToHexStringLower(Secret.Hash(email[(email.LastIndexOf('@') + 1)..].ToLowerInvariant())[..16]);

    Task RecordRefusalAsync(string normalizedEmail, Account? account, string address, CancellationToken ct) => db.InTransactionAsync(async () =>
    {
        var (reason, subject) = await store.WhyRefusedAsync(normalizedEmail, ct);
        if (account is not null)
        {
            reason = "wrong_password";
        }

        // Not what was typed: people type passwords into the wrong field.
        await audit.RecordAsync("sign_in.refused", subject is null ? "address" : "account", subject ?? address, null, new { reason, address }, ct);
        log.LogWarning("A sign-in from {Address} was refused: {Reason}", address, reason);
    }, ct);
}

/// <summary>Lets no more passwords be hashed at a time than there are processors, so that sign-ins queue up instead of starving everything else.</summary>
sealed class PasswordWork(IPasswordHasher<Account> hasher) : IDisposable
{
    readonly SemaphoreSlim places = new(Math.Max(1, Environment.ProcessorCount));

    /// <summary>A hash nobody's password has, for the work that is done when there is no account to check.</summary>
    public string HashOfNobody { get; } = hasher.HashPassword(new(), Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));

    public async Task<T> RunAsync<T>(Func<T> hash, CancellationToken ct)
    {
        await places.WaitAsync(ct);
        try
        {
            return await Task.Run(hash, ct);
        }
        finally
        {
            places.Release();
        }
    }

    public void Dispose() => places.Dispose();
}
