namespace Portal.Web.Arrivals;

/// <summary>
/// Finds the row of whoever the identity provider sends, and makes it where the provider names a company of ours; the feature that owns people implements it. Runs
/// as the product, for whoever arrives is nobody yet.
/// </summary>
public interface IArrivals
{
    /// <summary>Somebody has signed in. What the provider says is kept up to date for those whose roles follow it.</summary>
    Task<Arrival> SignInAsync(ProviderClaims said, CancellationToken ct);

    /// <summary>A program whom no row lets in has shown a valid token.</summary>
    Task<Arrival> CallAsync(ProviderClaims said, CancellationToken ct);
}

/// <summary>How somebody arrived.</summary>
public abstract record Arrival
{
    Arrival()
    {
    }

    /// <summary>There is a row, and it lets them in.</summary>
    public sealed record Known : Arrival;

    /// <summary>There is a row and it lets nobody in: somebody disabled them, or their company is suspended.</summary>
    public sealed record ShutOut : Arrival;

    /// <summary>There is no row, and none was made.</summary>
    /// <param name="Why">Why.</param>
    public sealed record Stranger(NoCompany Why) : Arrival
    {
        /// <summary>What an administrator shows to take a program into the own company; null where that is not the way.</summary>
        public string? LinkCode { get; init; }
    }
}

/// <summary>Why somebody belongs to no company here. The words stand in addresses, text keys and answers of the API.</summary>
/// <param name="Word">The word.</param>
public sealed record NoCompany(string Word)
{
    /// <summary>The provider names no company.</summary>
    public static NoCompany Unnamed { get; } = new("no_company");

    /// <summary>It names one that is not here.</summary>
    public static NoCompany Unknown { get; } = new("unknown_company");

    /// <summary>Several companies go by that name.</summary>
    public static NoCompany Ambiguous { get; } = new("several_companies");

    /// <summary>The company is suspended.</summary>
    public static NoCompany Suspended { get; } = new("suspended_company");

    /// <summary>The row is one of another company than the provider names now.</summary>
    public static NoCompany Other { get; } = new("other_company");

    /// <summary>The company has no role for somebody of whom the provider says none: the brand, whose roles all reach far.</summary>
    public static NoCompany NoRole { get; } = new("no_role");

    /// <summary>What a browser is told of somebody shut out.</summary>
    public const string ShutOut = "shut_out";

    /// <summary>All the words that the page after a sign-in knows.</summary>
    public static IReadOnlyList<string> Words { get; } = [Unnamed.Word, Unknown.Word, Ambiguous.Word, Suspended.Word, Other.Word, NoRole.Word, ShutOut];
}
