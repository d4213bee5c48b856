using System.Globalization;
using Identity.Clients;
using Identity.Federation;
using Identity.Web;

namespace Identity.Authorize;

/// <summary>A request to sign somebody in, as far as it has been understood.</summary>
/// <param name="Parameters">As they were sent.</param>
sealed record AuthorizationRequest(ProtocolParameters Parameters)
{
    static readonly char[] Space = [' '];

    /// <summary>Who asks; there after <see cref="AuthorizationChecks"/>.</summary>
    public Client Client { get; set; } = new();

    /// <summary>Where the answer goes; there, and registered, after the checks.</summary>
    public string RedirectUri { get; set; } = "";

    /// <summary>Whether the client itself brought it, authenticated (RFC 9126), and not a browser.</summary>
    public bool IsPushed { get; init; }

    /// <summary>The name under which it was pushed.</summary>
    public string? RequestUri { get; init; }

    /// <summary>When it came, where it has waited for its person.</summary>
    public DateTime? Since { get; init; }

    /// <summary>What is asked for.</summary>
    public string[] Scopes => List("scope");

    /// <summary>How much the person is to be bothered.</summary>
    public string[] Prompts => List("prompt");

    /// <summary>How old the person's proof may be, in seconds.</summary>
    public long? MaxAge => long.TryParse(Parameters["max_age"], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null;

    /// <summary>Whether nothing less than a second factor will do. Several values say what else would; those we do not know mean nothing.</summary>
    public bool WantsSecondFactor => List("acr_values") is var values && values.Contains(Profile.AcrSecondFactor, StringComparer.Ordinal) && !values.Contains(Profile.AcrPassword, StringComparer.Ordinal);

    /// <summary>The person whom an id_token_hint names.</summary>
    public string? HintedSubject { get; set; }

    /// <summary>Whether no page may be shown.</summary>
    public bool IsSilent => Prompts.Contains("none", StringComparer.Ordinal);

    /// <summary>Whether the person has to show a credential again.</summary>
    public bool WantsFreshSignIn => Prompts.Contains("login", StringComparer.Ordinal) || Prompts.Contains("select_account", StringComparer.Ordinal) || MaxAge == 0;

    /// <summary>Whether a session that began through that provider is one the application asked for: it may name one, where it may send people there.</summary>
    public bool ComesThrough(string? idp) => HomeRealm.SchemeIn(Parameters["acr_values"]) is not { } wanted || !Client.AllowsProvider(wanted) || wanted == idp;

    string[] List(string name) => Parameters[name]?.Split(Space, StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToArray() ?? [];
}
