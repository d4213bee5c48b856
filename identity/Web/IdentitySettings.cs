using Platform;

namespace Identity.Web;

/// <summary>What identity has to be told; everything else follows.</summary>
/// <param name="Issuer">The address it is known by, without a slash at the end: the issuer of every token.</param>
/// <param name="PortalUrl">Where the portal is: the client that is always registered.</param>
/// <param name="BrandName">The name on the pages.</param>
/// <param name="DataFolder">Holds mail and secrets where nothing else is set.</param>
/// <param name="IsProduction">Whether demo secrets, demo accounts and plain http stop the start.</param>
public sealed record IdentitySettings(string Issuer, string PortalUrl, string BrandName, string DataFolder, bool IsProduction)
{
    /// <summary>Reads them from the settings <c>Identity:Url</c>, <c>Portal:Url</c> and <c>Brand:Name</c>.</summary>
    /// <exception cref="CannotStartException">An address is not one, or is plain http in Production.</exception>
    public static IdentitySettings From(IConfiguration configuration, string dataFolder, bool isProduction) => new(
        WithoutPath(Address(configuration, "Identity:Url", "http://localhost:5081", isProduction)),
        Address(configuration, "Portal:Url", "http://localhost:5080", isProduction),
        Platform.Web.BrandName.Of(configuration),
        dataFolder,
        isProduction);

    // Cookies named __Host- and the places where metadata is looked for belong to a whole host.
    static string WithoutPath(string address) => new Uri(address).AbsolutePath is "/"
        ? address
        : throw new CannotStartException($"Identity__Url must name a host of its own, without a path; it is '{address}'.");

    static string Address(IConfiguration configuration, string setting, string usual, bool isProduction)
    {
        var text = configuration[setting] is { Length: > 0 } given ? given.TrimEnd('/') : usual;
        var variable = setting.Replace(":", "__", StringComparison.Ordinal);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            throw new CannotStartException($"{variable} must be an address such as https://identity.example.com, without query and fragment; it is '{text}'.");
        }

        return isProduction && uri.Scheme is not "https"
            ? throw new CannotStartException($"Production needs https: {variable} is '{text}'.")
            : text;
    }
}
