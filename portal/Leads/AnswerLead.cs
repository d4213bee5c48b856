using Platform.Audit;
using Platform.Database;
using Portal.Deals;

namespace Portal.Leads;

/// <summary>
/// A partner accepts a lead that was offered to it, or takes one from the pool: in one transaction it becomes a registration under the same rules as any other, or stays as it
/// was. Of rivals for one lead the first holds it; the others then find it gone.
/// </summary>
public sealed class AnswerLead(Db db, LeadStore leads, RegisterDeal registerDeal, LeadNews news, AuditTrail audit, TimeProvider clock)
{
    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Accepts or takes it.</summary>
    /// <param name="number">The lead.</param>
    /// <param name="amount">What the partner expects it to be worth.</param>
    /// <param name="currency">In this currency.</param>
    /// <param name="expectedClose">The day it is expected to close.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<LeadOutcome> AcceptAsync(string number, decimal? amount, string? currency, DateOnly? expectedClose, CancellationToken ct) => db.InTransactionAsync<LeadOutcome>(async () =>
    {
        if (await leads.HoldAsync(number, Now, ct) is not { } lead)
        {
            return new LeadOutcome.Gone();
        }

        var registered = await registerDeal.EnterAsync(Registration(lead, amount, currency, expectedClose), submit: true, ct);
        if (DealOf(registered) is not { } deal)
        {
            return new LeadOutcome.NotRegistered(registered);
        }

        if (await leads.AcceptAsync(number, deal, Now, ct) is null)
        {
            throw new InvalidOperationException($"Lead {number} is held and cannot have gone.");
        }

        var accepted = (await leads.FindAsync(number, ct))!;
        await audit.RecordAsync(lead.Status is "pool" ? "lead.taken" : "lead.accepted", "lead", number, accepted.PartnerId, new { deal }, ct);
        await news.TellBrandAsync(lead.Status is "pool" ? "taken" : "accepted", accepted, null, ct);
        return new LeadOutcome.Done(number, deal);
    }, ct);

    /// <summary>Gives it back, with a reason.</summary>
    public Task<LeadOutcome> DeclineAsync(string number, string? reason, CancellationToken ct) => db.InTransactionAsync<LeadOutcome>(async () =>
    {
        if (await leads.FindAsync(number, ct) is not { Status: "offered", PartnerId: { } partnerId } lead)
        {
            return new LeadOutcome.Gone();
        }

        if (LeadTyped.Text(reason) is not { Length: <= 2000 } why)
        {
            return new LeadOutcome.Invalid([new("reason", "leads.invalid.reason")]);
        }

        if (!await leads.DeclineAsync(number, why, Now, ct))
        {
            return new LeadOutcome.Gone();
        }

        await audit.RecordAsync("lead.declined", "lead", number, partnerId, new { reason = why }, ct);
        await news.TellBrandAsync("declined", lead, why, ct);
        return new LeadOutcome.Done(number);
    }, ct);

    static string? DealOf(DealOutcome outcome) => outcome switch
    {
        DealOutcome.Done(var number, _, _) => number,
        // The customer is taken: the registration waits as a draft and says until when; the lead is the partner's all the same.
        DealOutcome.Blocked(var number, _, _) => number,
        _ => null,
    };

    static DealTyped Registration(Lead lead, decimal? amount, string? currency, DateOnly? expectedClose) => new()
    {
        Customer = lead.Customer,
        ProductLines = lead.LineCodes,
        Territory = lead.Territory,
        Amount = amount ?? lead.Amount,
        Currency = currency ?? lead.Currency,
        ExpectedClose = expectedClose,
        ContactName = lead.ContactName,
        ContactEmail = lead.ContactEmail,
        ContactPhone = lead.ContactPhone,
        Need = lead.Need,
    };
}
