using System.Globalization;
using Platform.Texts;
using Portal.Documents.Typst;
using Portal.Web;
using Portal.Web.Display;

namespace Portal.Receivables;

/// <summary>
/// A statement of account (对账单) on paper. It is not kept: the ledger gives the same statement again for the same period and moment, and equal content gives equal bytes.
/// </summary>
public sealed class StatementPaper(TypstWorkers typst, Texts texts, ICurrentPerson me)
{
    static readonly string Template = TypstTemplate.Read("Receivables/Papers/statement.typ");

    /// <summary>Makes the PDF.</summary>
    /// <param name="page">The statement.</param>
    /// <param name="language"><c>en</c> or <c>zh-CN</c>.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<Typesetting> MakeAsync(StatementPage page, string language, CancellationToken ct)
    {
        var chinese = language is "zh-CN";
        var culture = CultureInfo.GetCultureInfo(language);
        var (pair, statement) = (page.Pair, page.Statement);
        var decimals = "N" + Money.MinorUnits(statement.Asked.Currency).ToString(CultureInfo.InvariantCulture);
        string T(string key, params object[] arguments) => texts.In(language, key, arguments);
        string Day(DateOnly day) => day.ToString(chinese ? "yyyy年M月d日" : "d MMM yyyy", culture);
        string Amount(decimal? amount) => amount?.ToString(decimals, culture) ?? "";
        string Name(string name, string? latin) => chinese ? name : latin ?? name;
        var (own, other) = (Name(me.PartnerName, me.PartnerNameLatin), Name(pair.PartnerName, pair.PartnerNameLatin));
        var period = $"{Day(statement.Asked.From)} – {Day(statement.Asked.To)}";
        return typst.RenderAsync(new(Template, new
        {
            seller = pair.IsSeller ? own : other, buyer = pair.IsSeller ? other : own, period, currency = statement.Asked.Currency, known = page.Known is { } known ? Day(known) : "",
            opening = Amount(statement.Opening), closing = $"{statement.Asked.Currency} {Amount(statement.Closing)}",
            rows = statement.Rows.Select(row => new
            {
                day = Day(row.HappenedOn), kind = T("receivables.kind." + row.Kind), number = row.LegalNumber ?? row.DocumentNumber, due = row.DueOn is { } due ? Day(due) : "",
                debit = Amount(row.Debit), credit = Amount(row.Credit), balance = Amount(row.Balance),
            }),
            words = new
            {
                statement = T("receivables.statement"), to = T("receivables.buyer"), from = T("receivables.seller"), period = T("receivables.paper_period"), currency = T("receivables.currency"), known = T("receivables.paper_known"), day = T("receivables.day"),
                document = T("receivables.document"), due = T("receivables.due_on"), debit = T("receivables.debit"), credit = T("receivables.credit"), balance = T("receivables.balance"), opening = T("receivables.opening"), closing = T("receivables.closing"),
                nothing = T("receivables.paper_nothing"),
            },
        }, $"{T("receivables.statement")} {other} {period}", new DateTimeOffset(statement.Asked.To.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero)) { Language = language }, ct);
    }
}
