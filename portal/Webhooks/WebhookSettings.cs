using System.Net;

namespace Portal.Webhooks;

/// <summary>How deliveries are made.</summary>
public sealed class WebhookSettings
{
    /// <summary>Reads them.</summary>
    public WebhookSettings(IConfiguration configuration, IHostEnvironment environment)
    {
        AllowedNetworks = [.. (configuration["Webhooks:AllowedNetworks"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(network => IPNetwork.Parse(network))];
        AtOnce = Math.Clamp(configuration.GetValue<int>("Webhooks:AtOnce", 64), 1, 1000);
        KeepDays = Math.Clamp(configuration.GetValue<int>("Webhooks:KeepDays", 30), 1, 365);
        // Whoever delivers nothing from the outbox delivers nothing here, unless told otherwise.
        IsEnabled = configuration.GetValue<bool>("Webhooks:Enabled", configuration.GetValue("Outbox:Enabled", true));
        AllowsHttp = !environment.IsProduction();
    }

    /// <summary>Networks of our own that may be sent to: an ERP beside the portal. None by default.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; }

    /// <summary>How many deliveries are under way at once, from this instance.</summary>
    public int AtOnce { get; }

    /// <summary>How long events and their deliveries are kept.</summary>
    public int KeepDays { get; }

    /// <summary>Whether this instance delivers.</summary>
    public bool IsEnabled { get; }

    /// <summary>Whether an allowed network may be reached without https; never in Production.</summary>
    public bool AllowsHttp { get; }

    /// <summary>Whether that address may be connected to.</summary>
    public bool Allows(IPAddress address) => Platform.GuardedHttp.PublicAddress.Is(address) || IsOwn(address);

    /// <summary>Whether it lies in a network that was allowed.</summary>
    public bool IsOwn(IPAddress address) => AllowedNetworks.Any(network => network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));
}
