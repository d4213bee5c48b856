using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Platform.Texts;
using Platform.Web;
using Portal.Documents.Excel;
using Portal.Documents.Tables;
using Portal.Web;

namespace Portal.Receivables;

/// <summary>Accounts of buyers and with sellers, their statements, and how old what is owed is.</summary>
[Route("receivables")]
[AllowRoles(ReceivablesRoles.Finance, ReceivablesRoles.BrandAdmin, ReceivablesRoles.ChannelManager, ReceivablesRoles.PartnerAdmin, ReceivablesRoles.Sales, ReceivablesRoles.Purchasing)]
public sealed class ReceivablesController(AccountStore accounts, AccountStatements statements, ReceivablesStore books, ICurrentPerson me, Texts t, TimeProvider clock) : Controller
{
    /// <summary>What buyers owe the own company; whoever only buys reads what it owes.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct) => me.Has(ReceivablesRoles.SellerReaders)
        ? View("AccountList", new AccountListPage("seller", await accounts.PositionsAsync("seller", ct), await books.HeldOrdersAsync(ct)))
        : RedirectToAction(nameof(Payable));

    /// <summary>What the own company owes.</summary>
    [HttpGet("payable"), AllowRoles(ReceivablesRoles.PartnerAdmin, ReceivablesRoles.Purchasing)]
    public async Task<IActionResult> Payable(CancellationToken ct) => View("AccountList", new AccountListPage("buyer", await accounts.PositionsAsync("buyer", ct), []));

    /// <summary>The accounts as an Excel file.</summary>
    [HttpGet("accounts/export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> Export(CancellationToken ct, string side = "seller")
    {
        side = side is "seller" ? "seller" : "buyer";
        if (!ReceivablesRoles.MayRead(me, side is "seller"))
        {
            return Forbid();
        }

        await Response.SendListAsync(t["receivables.list." + side], me.PartnerName, clock.GetUtcNow(),
            [
                new(t["receivables.partner"], Width: 30), new(t["receivables.currency"], Width: 10), new(t["receivables.balance"], TableColumnKind.Number), new(t["receivables.overdue"], TableColumnKind.Number),
                new(t["receivables.open_orders"], TableColumnKind.Number), new(t["receivables.exposure"], TableColumnKind.Number), new(t["receivables.limit"], TableColumnKind.Number), new(t["receivables.available"], TableColumnKind.Number),
            ],
            (await accounts.PositionsAsync(side, ct)).Select(IReadOnlyList<object?> (row) =>
                [row.PartnerName, row.Currency, row.Balance, row.Overdue, row.OpenOrders, row.Exposure, row.LimitAmount, row.Available]).ToAsyncEnumerable(), ct);
        return new EmptyResult();
    }

    /// <summary>The account with one partner.</summary>
    [HttpGet("accounts/{partner}")]
    public async Task<IActionResult> Account(string partner, CancellationToken ct) =>
        await accounts.PairAsync(partner, ct) is { } pair && ReceivablesRoles.MayRead(me, pair.IsSeller) ? View("AccountPage", await AccountPage.OfAsync(accounts, pair, null, ct)) : NotFound();

    /// <summary>The statement of an account for a period.</summary>
    [HttpGet("accounts/{partner}/statement")]
    public async Task<IActionResult> Statement(string partner, string? currency, DateOnly? from, DateOnly? to, DateOnly? known, CancellationToken ct)
    {
        SayUnreadable();
        return await StatementAsync(partner, currency, from, to, known, ct) is { } page ? View("StatementPage", page) : NotFound();
    }

    /// <summary>The statement as a file, Excel or CSV.</summary>
    [HttpGet("accounts/{partner}/statement/export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> ExportStatement(string partner, string? currency, DateOnly? from, DateOnly? to, DateOnly? known, CancellationToken ct, string format = "xlsx")
    {
        if (await StatementAsync(partner, currency, from, to, known, ct) is not { } page)
        {
            return NotFound();
        }

        if (SayUnreadable())
        {
            return View("StatementPage", page);
        }

        var title = string.Create(CultureInfo.InvariantCulture, $"{t["receivables.statement"].Value} {page.Pair.PartnerName} {page.Statement.Asked.From:yyyy-MM-dd} {page.Statement.Asked.To:yyyy-MM-dd}");
        Response.BeginTable($"{title}.{(format is "csv" ? "csv" : "xlsx")}", format is not "csv");
        await TableExport.WriteAsync(format is not "csv", Response.Body, new ExcelBookInfo(t["receivables.statement"], me.PartnerName, clock.GetUtcNow()),
            [
                new(t["receivables.day"], TableColumnKind.Date, 12), new(t["receivables.document"], Width: 26), new(t["receivables.legal_number"], Width: 18), new(t["receivables.due_on"], TableColumnKind.Date, 12),
                new(t["receivables.debit"], TableColumnKind.Number), new(t["receivables.credit"], TableColumnKind.Number), new(t["receivables.balance"], TableColumnKind.Number), new(t["receivables.currency"], Width: 10),
            ],
            Rows(page.Statement).ToAsyncEnumerable(), ct);
        return new EmptyResult();
    }

    /// <summary>How old what is owed is, on any day.</summary>
    [HttpGet("ageing")]
    public async Task<IActionResult> Ageing(DateOnly? on, DateOnly? known, CancellationToken ct, string side = "seller")
    {
        SayUnreadable();
        side = Side(side);
        return View("AgeingPage", await AgeingAsync(side, on, known, ct));
    }

    /// <summary>The same as an Excel file.</summary>
    [HttpGet("ageing/export"), EnableRateLimiting(RateLimits.Costly)]
    public async Task<IActionResult> ExportAgeing(DateOnly? on, DateOnly? known, CancellationToken ct, string side = "seller")
    {
        var page = await AgeingAsync(Side(side), on, known, ct);
        if (SayUnreadable())
        {
            return View("AgeingPage", page);
        }

        await Response.SendListAsync(t["receivables.ageing"], me.PartnerName, clock.GetUtcNow(),
            [new(t["receivables.partner"], Width: 30), new(t["receivables.currency"], Width: 10), .. AgeingPage.Buckets.Append("on_account").Append("total").Select(bucket => new TableColumn(t["receivables.bucket." + bucket], TableColumnKind.Number))],
            page.Rows.Select(IReadOnlyList<object?> (row) => [row.PartnerName, row.Currency, .. row.Buckets.Cast<object?>(), row.OnAccount, row.Total]).ToAsyncEnumerable(), ct);
        return new EmptyResult();
    }

    // A day that cannot be read stands at its field with what is wrong; the page beside it is the one without it.
    bool SayUnreadable()
    {
        if (ModelState.IsValid)
        {
            return false;
        }

        Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return true;
    }

    // Whoever reads one side only gets that one.
    string Side(string asked)
    {
        var asSeller = asked is not "buyer";
        return (ReceivablesRoles.MayRead(me, asSeller) ? asSeller : !asSeller) ? "seller" : "buyer";
    }

    async Task<AgeingPage> AgeingAsync(string side, DateOnly? on, DateOnly? known, CancellationToken ct)
    {
        var day = on ?? await books.TodayAsync(ct);
        return new(side, day, known, await accounts.AgeingAsync(day, statements.EndOf(known), side, ct));
    }

    Task<StatementPage?> StatementAsync(string partner, string? currency, DateOnly? from, DateOnly? to, DateOnly? known, CancellationToken ct) => statements.FindAsync(partner, currency, from, to, known, ct);

    IEnumerable<IReadOnlyList<object?>> Rows(Statement statement)
    {
        yield return [statement.Asked.From, t["receivables.opening"].Value, null, null, null, null, statement.Opening, statement.Asked.Currency];
        foreach (var row in statement.Rows)
        {
            yield return [row.HappenedOn, t["receivables.kind." + row.Kind].Value, row.LegalNumber ?? row.DocumentNumber, row.DueOn, row.Debit, row.Credit, row.Balance, statement.Asked.Currency];
        }

        yield return [statement.Asked.To, t["receivables.closing"].Value, null, null, null, null, statement.Closing, statement.Asked.Currency];
    }
}

/// <summary>The accounts of a side.</summary>
public sealed record AccountListPage(string Side, IReadOnlyList<Position> Positions, IReadOnlyList<HeldOrder> Held);

/// <summary>The account with one partner.</summary>
public sealed record AccountPage(AccountPair Pair, IReadOnlyList<Position> Positions, IReadOnlyList<CreditDecision> Decisions, string? Open)
{
    internal static async Task<AccountPage> OfAsync(AccountStore accounts, AccountPair pair, string? open, CancellationToken ct) =>
        new(pair, await accounts.PositionsAsync(pair, ct), await accounts.DecisionsAsync(pair, ct), open);
}

/// <summary>A statement with what was asked.</summary>
public sealed record StatementPage(AccountPair Pair, Statement Statement, DateOnly? Known, IReadOnlyList<string> Currencies)
{
    /// <summary>The same question, for the addresses of the files.</summary>
    public string Query => string.Create(CultureInfo.InvariantCulture, $"currency={Statement.Asked.Currency}&from={Statement.Asked.From:yyyy-MM-dd}&to={Statement.Asked.To:yyyy-MM-dd}{(Known is { } known ? $"&known={known:yyyy-MM-dd}" : "")}");
}

/// <summary>The ageing of a day.</summary>
public sealed record AgeingPage(string Side, DateOnly On, DateOnly? Known, IReadOnlyList<AgeingRow> Rows)
{
    /// <summary>The buckets, the youngest first.</summary>
    public static IReadOnlyList<string> Buckets { get; } = ["not_due", "days30", "days60", "days90", "days180", "older"];

    /// <summary>The same question, for the address of the file.</summary>
    public string Query => string.Create(CultureInfo.InvariantCulture, $"side={Side}&on={On:yyyy-MM-dd}{(Known is { } known ? $"&known={known:yyyy-MM-dd}" : "")}");
}
