using Browser.Tests.Gallery;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.Extensions.DependencyInjection;
using Support;

namespace Browser.Tests;

/// <summary>The portal on a port of this machine and a database of its own.</summary>
public sealed class ListeningPortal : PortalApp
{
    protected override bool Listens => true;

    protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>
    {
        ["Outbox:Enabled"] = "true",
        ["Brand:Name"] = "Northlight 北光",
    };

    protected override void Change(IServiceCollection services)
    {
        var gallery = typeof(GalleryController).Assembly;
        services.AddControllersWithViews().ConfigureApplicationPartManager(parts =>
        {
            foreach (var part in new CompiledRazorAssemblyApplicationPartFactory().GetApplicationParts(gallery).Prepend(new AssemblyPart(gallery)))
            {
                parts.ApplicationParts.Add(part);
            }
        });
    }

    public override Task InitializeAsync() => BrowserFactAttribute.Chromium is null ? Task.CompletedTask : base.InitializeAsync();
}
