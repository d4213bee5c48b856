using Platform.Database;
using Platform.Demo;
using Portal.Web;

namespace Portal.Demo;

/// <summary>The demo's accounts and API clients are public; a portal in Production does not start on a database that knows them.</summary>
sealed class NoDemoInProduction(Db db) : IProductionCheck
{
    public async Task<string?> FindFaultAsync(CancellationToken ct)
    {
        var known = await db.OneAsync<bool>("select exists (select from person where subject = any(@subjects))", new
        {
            subjects = DemoAccounts.People.Select(person => person.Subject).Concat(DemoAccounts.ApiClients.Select(client => client.ClientId)).ToArray(),
        }, ct);
        return known ? "the database holds the accounts of the demo, whose passwords are public. Use another database, or take those people out of it." : null;
    }
}
