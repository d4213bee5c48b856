namespace Identity.Web;

/// <summary>
/// The numbers of the protocol, in one place. They are those of our profile (OAuth 2.1, RFC 9700, ASVS 5) and not settings: an
/// installation that wants them weaker wants another product.
/// </summary>
public static class Profile
{
    /// <summary>How long a code waits to be redeemed.</summary>
    public static readonly TimeSpan Code = TimeSpan.FromSeconds(60);

    /// <summary>How long an id_token is good for.</summary>
    public static readonly TimeSpan IdToken = TimeSpan.FromSeconds(300);

    /// <summary>How long an access token is good for.</summary>
    public static readonly TimeSpan AccessToken = TimeSpan.FromSeconds(900);

    /// <summary>How long a pushed request waits for its browser.</summary>
    public static readonly TimeSpan PushedAuthorization = TimeSpan.FromSeconds(300);

    /// <summary>A refresh token that is not used ends after this.</summary>
    public static readonly TimeSpan RefreshTokenSliding = TimeSpan.FromDays(15);

    /// <summary>A family of refresh tokens ends after this, however often it was used.</summary>
    public static readonly TimeSpan RefreshTokenAbsolute = TimeSpan.FromDays(30);

    /// <summary>For how long a client that did not get our answer may send a rotated refresh token once more.</summary>
    public static readonly TimeSpan RefreshTokenRetry = TimeSpan.FromSeconds(10);

    /// <summary>How long a logout token is good for.</summary>
    public static readonly TimeSpan LogoutToken = TimeSpan.FromSeconds(120);

    /// <summary>How far ahead the end of a client's assertion may lie.</summary>
    public static readonly TimeSpan ClientAssertion = TimeSpan.FromSeconds(300);

    /// <summary>How far ahead of our clock an assertion may have been made.</summary>
    public static readonly TimeSpan ClientAssertionAhead = TimeSpan.FromSeconds(60);

    /// <summary>How old a DPoP proof may be.</summary>
    public static readonly TimeSpan DPoPProof = Platform.OpenIdConnect.DPoP.DPoPProof.Age;

    /// <summary>How long a nonce for DPoP proofs is good, where they are asked for.</summary>
    public static readonly TimeSpan DPoPNonce = TimeSpan.FromMinutes(5);

    /// <summary>How far clocks may be apart.</summary>
    public static readonly TimeSpan ClockSkew = TimeSpan.FromSeconds(30);

    /// <summary>A session ends this long after it began, whatever happens.</summary>
    public static readonly TimeSpan SessionAbsolute = TimeSpan.FromHours(10);

    /// <summary>A session ends this long after it was last used.</summary>
    public static readonly TimeSpan SessionIdle = TimeSpan.FromHours(2);

    /// <summary>How old a sign-in may be for an act of the administration that gives rights or takes them.</summary>
    public static readonly TimeSpan FreshSignIn = TimeSpan.FromMinutes(15);

    /// <summary>How long somebody may take to sign in before the application's request is forgotten.</summary>
    public static readonly TimeSpan PendingAuthorization = TimeSpan.FromHours(1);

    /// <summary>How long somebody may take to sign in at a provider of their company.</summary>
    public static readonly TimeSpan FederatedSignIn = TimeSpan.FromMinutes(10);

    /// <summary>How long somebody may take to link a provider's account with their own here.</summary>
    public static readonly TimeSpan FederatedLink = TimeSpan.FromMinutes(15);

    /// <summary>How long a provider may keep somebody waiting, all that we ask it taken together.</summary>
    public static readonly TimeSpan ProviderPatience = TimeSpan.FromSeconds(5);

    /// <summary>How long a mailed link to choose a new password works.</summary>
    public static readonly TimeSpan PasswordReset = TimeSpan.FromMinutes(60);

    /// <summary>How old the proof of somebody may be who changes a credential (ASVS 7.5.1).</summary>
    public static readonly TimeSpan FreshProof = TimeSpan.FromMinutes(5);

    /// <summary>How long somebody who has shown the password may take to show the second factor.</summary>
    public static readonly TimeSpan HalfSignIn = TimeSpan.FromMinutes(5);

    /// <summary>Wrong codes after which an account takes none for a while.</summary>
    public const int WrongCodesThatPause = 5;

    /// <summary>For how long.</summary>
    public static readonly TimeSpan CodePause = TimeSpan.FromMinutes(15);

    /// <summary>How long a link to somebody who was invited works.</summary>
    public static readonly TimeSpan Invitation = TimeSpan.FromDays(3);

    /// <summary>How long the challenge of a passkey waits for its signature.</summary>
    public static readonly TimeSpan PasskeyChallenge = TimeSpan.FromMinutes(5);

    /// <summary>What an id_token calls a sign-in with one factor (OpenID Connect Core, 2, acr).</summary>
    public const string AcrPassword = "urn:partnerportal:acr:pwd";

    /// <summary>What an id_token calls a sign-in with two factors or a passkey.</summary>
    public const string AcrSecondFactor = "urn:partnerportal:acr:mfa";

    /// <summary>Wrong passwords that lock an account.</summary>
    public const int FailuresThatLock = 5;

    /// <summary>How long it stays locked: long enough to make guessing hopeless, short enough that locking somebody out is no weapon.</summary>
    public static readonly TimeSpan Lockout = TimeSpan.FromMinutes(15);

    /// <summary>Rounds of PBKDF2-HMAC-SHA-512 (ASVS 11.4.2).</summary>
    public const int PasswordRounds = 210_000;

    /// <summary>The shortest password.</summary>
    public const int ShortestPassword = 12;

    /// <summary>The longest password, so that nobody makes us hash a book.</summary>
    public const int LongestPassword = 256;

    /// <summary>Bits of an RSA signing key.</summary>
    public const int RsaBits = 3072;

    /// <summary>A key signs for this long, then the next one does.</summary>
    public static readonly TimeSpan SigningKeyRotation = TimeSpan.FromDays(90);

    /// <summary>A key stands in the JWKS this long before its day, so that whoever keeps the JWKS knows it by then.</summary>
    public static readonly TimeSpan SigningKeyAnnouncement = TimeSpan.FromDays(14);

    /// <summary>The least an announcement takes when somebody rotates by hand: twice as long as the JWKS may be kept.</summary>
    public static readonly TimeSpan SigningKeyPropagation = TimeSpan.FromMinutes(10);

    /// <summary>How long the metadata and the JWKS may be kept.</summary>
    public static readonly TimeSpan MetadataKept = TimeSpan.FromMinutes(5);

    /// <summary>
    /// A key verifies this long after its last signature: as long as a session, whose id_token is shown to us at sign-out, and so longer than any other
    /// token is good for.
    /// </summary>
    public static readonly TimeSpan SigningKeyVerifies = SessionAbsolute + ClockSkew;
}
