using Platform;

namespace Portal.Web;

/// <summary>Something that must not be so in Production: demo accounts in the database, for example. A feature registers its own.</summary>
public interface IProductionCheck
{
    /// <summary>What is wrong and what to do about it, in one sentence; null when all is well.</summary>
    Task<string?> FindFaultAsync(CancellationToken ct);
}

/// <summary>Keeps a portal in Production from starting with settings that are meant for a demonstration (ASVS 13.3.2, 15.2.3).</summary>
static class ProductionChecks
{
    const int ShortestSecret = 32;

    /// <summary>The settings, before anything is opened.</summary>
    /// <exception cref="CannotStartException">One of them is not fit for Production.</exception>
    public static void RefuseDemoSettings(IConfiguration configuration, IHostEnvironment environment)
    {
        if (environment.IsProduction() && FindFault(configuration) is { } fault)
        {
            throw new CannotStartException("Production does not start: " + fault);
        }
    }

    /// <summary>The database's content, once it is open.</summary>
    /// <exception cref="CannotStartException">It holds what must not be there in Production.</exception>
    public static async Task RefuseDemoContentAsync(WebApplication app, CancellationToken ct)
    {
        if (!app.Environment.IsProduction())
        {
            return;
        }

        await using var scope = app.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Platform.Database.CallerAccessor>().Current = Platform.Database.Caller.System("start");
        foreach (var check in scope.ServiceProvider.GetServices<IProductionCheck>())
        {
            if (await check.FindFaultAsync(ct) is { } fault)
            {
                throw new CannotStartException("Production does not start: " + fault);
            }
        }
    }

    internal static string? FindFault(IConfiguration configuration) =>
        IsPlain(configuration["Portal:Url"]) ? "Portal__Url must be the https address by which browsers reach the portal."
        : IsPlain(configuration["Identity:Url"]) ? "Identity__Url must be the https address of the identity provider."
        : configuration["Portal:ClientSecret"] is not { Length: >= ShortestSecret } secret ? "Portal__ClientSecret must be a random text of at least 32 characters, the same for portal and identity."
        : secret.Contains("demo", StringComparison.OrdinalIgnoreCase) || secret.Contains("change", StringComparison.OrdinalIgnoreCase) ? "Portal__ClientSecret is a placeholder; set a random text."
        : null;

    static bool IsPlain(string? url) => !Uri.TryCreate(url, UriKind.Absolute, out var address) || !string.Equals(address.Scheme, Uri.UriSchemeHttps, StringComparison.Ordinal);
}
