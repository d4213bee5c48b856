using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Database;
using Portal.Web;
using Shouldly;
using Support;

namespace Browser.Tests;

/// <summary>The portal with the demo in it, as <c>./run.sh</c> shows it: pages full of what people really work with.</summary>
public sealed class DemoPortal : PortalApp
{
    protected override bool Listens => true;

    protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?> { ["Brand:Name"] = "Northlight 北光" };

    /// <summary>One of the demo's people, by e-mail address.</summary>
    public async Task<TestPerson> PersonAsync(string email)
    {
        var found = (await Database.ListAsync<(long PersonId, string Number, string Name, string Subject, long PartnerId, string PartnerNumber, string PartnerName)>("""
            select p.person_id, p.number, p.name, p.subject, b.partner_id, b.number, b.name
            from person p join partner b on b.partner_id = p.partner_id
            where p.email = @email
            """, new { email })).Single();
        return new(found.PersonId, found.Number, found.Name, found.Subject, new(found.PartnerId, found.PartnerNumber, found.PartnerName));
    }

    public override async Task InitializeAsync()
    {
        if (BrowserFactAttribute.Chromium is null)
        {
            return;
        }

        await base.InitializeAsync();
        await InScopeAsync(Caller.System("seed"), async services =>
        {
            var seed = services.GetServices<IVerb>().Single(verb => verb.Name == "seed");
            (await seed.RunAsync([], TextWriter.Null, CancellationToken.None)).ShouldBe(0);
        });
    }
}
