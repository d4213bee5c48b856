using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Platform.Idempotency;
using Platform.Texts;
using Portal.Web;
using Portal.Web.Forms;

namespace Portal.Receivables;

/// <summary>The decisions of a seller's finance about credit, terms, reminders and orders that wait.</summary>
[Route("receivables"), AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.PartnerAdmin)]
public sealed class CreditController(KeepCredit keepCredit, AccountStore accounts, Texts t) : Controller
{
    /// <summary>Sets a limit.</summary>
    [HttpPost("accounts/{partner}/limits"), Idempotent]
    public async Task<IActionResult> SetLimit(string partner, decimal? limitAmount, string? limitCurrency, DateOnly? limitFrom, DateOnly? limitUntil, string? limitReason, CancellationToken ct) =>
        await AnswerAsync(partner, "limit", ModelState.IsValid ? await keepCredit.SetLimitAsync(partner, new(limitAmount, Typed.Text(limitCurrency)?.ToUpperInvariant(), limitFrom, limitUntil, Typed.Text(limitReason)), ct) : BooksOutcome.Unreadable, ct);

    /// <summary>Stops a buyer.</summary>
    [HttpPost("accounts/{partner}/holds"), Idempotent]
    public async Task<IActionResult> Hold(string partner, string? holdReason, CancellationToken ct) => await AnswerAsync(partner, "hold", await keepCredit.HoldAsync(partner, Typed.Text(holdReason), ct), ct);

    /// <summary>Lets it go on.</summary>
    [HttpPost("accounts/{partner}/hold-ends"), Idempotent]
    public async Task<IActionResult> EndHold(string partner, string? endReason, CancellationToken ct) => await AnswerAsync(partner, "end", await keepCredit.EndHoldAsync(partner, Typed.Text(endReason), ct), ct);

    /// <summary>Sets a buyer's terms.</summary>
    [HttpPost("accounts/{partner}/terms"), Idempotent]
    public async Task<IActionResult> SetTerms(string partner, int? termsDaysNet, bool termsEndOfMonth, DateOnly? termsFrom, string? termsReason, CancellationToken ct) =>
        await AnswerAsync(partner, "terms", ModelState.IsValid ? await keepCredit.SetTermsAsync(partner, new(termsDaysNet, termsEndOfMonth, termsFrom, Typed.Text(termsReason)), ct) : BooksOutcome.Unreadable, ct);

    /// <summary>Lets an order pass that waits.</summary>
    [HttpPost("releases/{order}"), Idempotent]
    public async Task<IActionResult> Release(string order, string? releaseReason, CancellationToken ct)
    {
        var page = Redirect("/orders/" + order);
        if (this.Leads(await keepCredit.ReleaseAsync(order, Typed.Text(releaseReason), ct), t, "receivables.released", page) is { } led)
        {
            return led;
        }

        foreach (var problem in ModelState.Values.SelectMany(entry => entry.Errors))
        {
            this.Flash(FlashKind.Problem, problem.ErrorMessage);
        }

        this.KeepTyped("/orders/" + order);
        return page;
    }

    /// <summary>Where credit is checked, when invoices are due, when buyers are reminded.</summary>
    [HttpGet("settings")]
    public async Task<IActionResult> Settings(CancellationToken ct) => View("BooksSettings", SettingsForm.Of(await accounts.SettingsAsync(ct)));

    /// <summary>Keeps the credit policy.</summary>
    [HttpPost("settings/policy"), Idempotent]
    public async Task<IActionResult> KeepPolicy(SettingsForm form, CancellationToken ct) => await AnswerAsync(form, ModelState.IsValid ? await keepCredit.SetPolicyAsync(form.Policy, ct) : BooksOutcome.Unreadable, "policy", ct);

    /// <summary>Keeps the general terms.</summary>
    [HttpPost("settings/terms"), Idempotent]
    public async Task<IActionResult> KeepTerms(SettingsForm form, CancellationToken ct) => await AnswerAsync(form, ModelState.IsValid ? await keepCredit.SetTermsAsync(null, new(form.DaysNet, form.EndOfMonth, null, Typed.Text(form.TermsReason)), ct) : BooksOutcome.Unreadable, "terms", ct);

    /// <summary>Keeps the levels of the reminders.</summary>
    [HttpPost("settings/reminders"), Idempotent]
    public async Task<IActionResult> KeepReminders(SettingsForm form, CancellationToken ct) => await AnswerAsync(form, form.Levels is { } levels
        ? await keepCredit.SetRemindersAsync(levels, ct)
        : BooksOutcome.Because("levelDays", "receivables.problem.levels"), "reminders", ct);

    /// <summary>Keeps where buyers pay.</summary>
    [HttpPost("settings/bank"), Idempotent]
    public async Task<IActionResult> KeepBankDetails(SettingsForm form, CancellationToken ct) => await AnswerAsync(form, await keepCredit.SetBankDetailsAsync(form.BankDetails, ct), "bank", ct);

    async Task<IActionResult> AnswerAsync(string partner, string what, BooksOutcome outcome, CancellationToken ct) =>
        this.Leads(outcome, t, $"receivables.done.{what}", RedirectToAction("Account", "Receivables", new { partner }), field => what + FieldProblems.AsOnForm(field))
        ?? (await accounts.PairAsync(partner, ct) is { } pair ? View("AccountPage", await AccountPage.OfAsync(accounts, pair, what, ct)) : NotFound());

    async Task<IActionResult> AnswerAsync(SettingsForm form, BooksOutcome outcome, string what, CancellationToken ct)
    {
        if (this.Leads(outcome, t, $"receivables.done.{what}", RedirectToAction(nameof(Settings)), field => field is "reason" ? (what is "terms" ? "TermsReason" : "PolicyReason") : FieldProblems.AsOnForm(field)) is { } led)
        {
            return led;
        }

        // the other cards stand as they are kept
        var kept = SettingsForm.Of(await accounts.SettingsAsync(ct));
        return View("BooksSettings", what switch
        {
            "policy" => form with { DaysNet = kept.DaysNet, EndOfMonth = kept.EndOfMonth, LevelDays = kept.LevelDays, BankDetails = kept.BankDetails },
            "terms" => kept with { DaysNet = form.DaysNet, EndOfMonth = form.EndOfMonth },
            "bank" => kept with { BankDetails = form.BankDetails },
            _ => kept with { LevelDays = form.LevelDays },
        });
    }
}

/// <summary>The settings as they are typed.</summary>
public sealed record SettingsForm
{
    /// <summary>Checked at the submission.</summary>
    public bool AtSubmit { get; init; }

    /// <summary>Checked at the confirmation.</summary>
    public bool AtConfirm { get; init; }

    /// <summary>Checked at the shipment.</summary>
    public bool AtShip { get; init; }

    /// <summary>Orders count from their submission on.</summary>
    public bool CountsSubmitted { get; init; }

    /// <summary>Refuse or hold.</summary>
    public string? WhenExceeded { get; init; }

    /// <summary>Stops buyers who owe something for more days than that.</summary>
    public int? OverdueDays { get; init; }

    /// <summary>Why.</summary>
    public string? PolicyReason { get; init; }

    /// <summary>Days until an invoice is due.</summary>
    public int? DaysNet { get; init; }

    /// <summary>At the end of that month.</summary>
    public bool EndOfMonth { get; init; }

    /// <summary>Why.</summary>
    public string? TermsReason { get; init; }

    /// <summary>Days, apart by commas.</summary>
    public string? LevelDays { get; init; }

    /// <summary>Where buyers pay.</summary>
    public string? BankDetails { get; init; }

    internal PolicyTyped Policy => new([.. new[] { ("submit", AtSubmit), ("confirm", AtConfirm), ("ship", AtShip) }.Where(point => point.Item2).Select(point => point.Item1)], CountsSubmitted, WhenExceeded, OverdueDays, Typed.Text(PolicyReason));

    internal IReadOnlyList<int>? Levels
    {
        get
        {
            var words = (LevelDays ?? "").Split([',', '，', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var days = words.Select(word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var day) ? day : 0).ToList();
            return days.Contains(0) ? null : days;
        }
    }

    internal static SettingsForm Of(BooksSettings settings) => new()
    {
        AtSubmit = settings.CheckedAt.Contains("submit", StringComparer.Ordinal), AtConfirm = settings.CheckedAt.Contains("confirm", StringComparer.Ordinal), AtShip = settings.CheckedAt.Contains("ship", StringComparer.Ordinal), CountsSubmitted = settings.CountsSubmitted,
        WhenExceeded = settings.WhenExceeded, OverdueDays = settings.OverdueDays, DaysNet = settings.DaysNet, EndOfMonth = settings.EndOfMonth, LevelDays = string.Join(", ", settings.LevelDays), BankDetails = settings.BankDetails,
    };
}
