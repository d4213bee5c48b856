using System.Net;

namespace Portal.Webhooks;

/// <summary>How deliveries are made.</summary>
public sealed class WebhookSettings
{
    /// <summary>Reads them.</summary>
    public WebhookSettings(IConfiguration configuration, IHostEnvironment environment)
    {
        AllowedNetworks = Networks(configuration["Webhooks:AllowedNetworks"]);
        AllowedNetworksOfAll = environment.IsProduction() ? [] : Networks(configuration["Webhooks:AllowedNetworksOfAll"]);
        AtOnce = Math.Clamp(configuration.GetValue<int>("Webhooks:AtOnce", 64), 1, 1000);
        KeepDays = Math.Clamp(configuration.GetValue<int>("Webhooks:KeepDays", 30), 1, 365);
        // Whoever delivers nothing from the outbox delivers nothing here, unless told otherwise.
        IsEnabled = configuration.GetValue<bool>("Webhooks:Enabled", configuration.GetValue("Outbox:Enabled", true));
        AllowsHttp = !environment.IsProduction();
    }

    /// <summary>Networks of our own that the brand's endpoints may lead into: an ERP beside the portal. None by default, and never for another company: it would look around in there.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; }

    /// <summary>Networks that every company's endpoints may lead into, to try things out; none in Production, whatever is said.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworksOfAll { get; }

    /// <summary>How many deliveries are under way at once, from this instance.</summary>
    public int AtOnce { get; }

    /// <summary>How long events and their deliveries are kept.</summary>
    public int KeepDays { get; }

    /// <summary>Whether this instance delivers.</summary>
    public bool IsEnabled { get; }

    /// <summary>Whether an allowed network may be reached without https; never in Production.</summary>
    public bool AllowsHttp { get; }

    /// <summary>How many deliveries of one company are under way at once, all its endpoints together: whoever is slow everywhere leaves room for the others.</summary>
    public int EachCompanyAtOnce => Math.Max(DeliverWebhooks.EachAtOnce, AtOnce / 4);

    /// <summary>Whether that address may be connected to.</summary>
    /// <param name="address">The address.</param>
    /// <param name="isBrand">True for an endpoint of the brand.</param>
    public bool Allows(IPAddress address, bool isBrand) => Platform.GuardedHttp.PublicAddress.Is(address) || IsOwn(address, isBrand);

    /// <summary>Whether it lies in a network that was allowed.</summary>
    /// <param name="address">The address.</param>
    /// <param name="isBrand">True for an endpoint of the brand.</param>
    public bool IsOwn(IPAddress address, bool isBrand) => (isBrand ? AllowedNetworks.Concat(AllowedNetworksOfAll) : AllowedNetworksOfAll).Any(network => network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));

    static List<IPNetwork> Networks(string? listed) => [.. (listed ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(network => IPNetwork.Parse(network))];
}
