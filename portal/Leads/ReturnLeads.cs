using Platform.Audit;
using Platform.Database;
using Platform.Jobs;

namespace Portal.Leads;

/// <summary>Brings leads back to the brand whose partner did not answer in time, and warns partners whose time ends soon. Run by the product itself.</summary>
public sealed class ReturnLeads(Db db, LeadStore leads, LeadNews news, AuditTrail audit, TimeProvider clock) : IScheduledJob
{
    const int AtOnce = 100;

    /// <summary>Does it for all that are due.</summary>
    public async Task<(int Returned, int Warned)> RunAsync(CancellationToken ct) =>
        (await AllAsync(leads.ReturnAsync, "lead.returned", async lead =>
        {
            await news.TellPartnerAsync("returned", lead.Number, lead.Company, lead.PartnerId, null, ct);
            await news.TellBrandAsync("returned", lead.Number, lead.Company, null, ct);
        }, ct), await AllAsync(leads.WarnAsync, "lead.warned", lead => news.TellPartnerAsync("warned", lead.Number, lead.Company, lead.PartnerId, null, ct, lead.Day), ct));

    Task IScheduledJob.RunAsync(CancellationToken ct) => RunAsync(ct);

    Task<int> AllAsync(Func<DateTime, int, CancellationToken, Task<List<DueLead>>> take, string action, Func<DueLead, Task> tell, CancellationToken ct) => db.InPortionsAsync(AtOnce, async () =>
    {
        var taken = await take(clock.GetUtcNow().UtcDateTime, AtOnce, ct);
        await audit.RecordAsync([.. taken.Select(lead => new AuditAct(action, "lead", lead.Number, [lead.PartnerId], new { lead.Day }))], ct);
        foreach (var lead in taken)
        {
            await tell(lead);
        }

        return taken.Count;
    }, ct);
}
