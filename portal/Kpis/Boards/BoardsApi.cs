using Microsoft.AspNetCore.Mvc;
using Platform.Web;
using Refusal = Platform.Web.ApiProblem;

namespace Portal.Kpis.Boards;

/// <summary>The dashboard's panels for programs: the same figures as on the screen.</summary>
[ApiController]
[Route("api/v1/kpis/panels")]
public sealed class BoardsApi(BoardScopes scopes, PanelReader panels) : ControllerBase
{
    /// <summary>The panels there are.</summary>
    [HttpGet]
    public IActionResult Index() => Ok(Panels.All.Select(panel => panel.Name));

    /// <summary>One panel: its columns, rows and findings, in the language of the request; money in the brand's currency, shares as fractions of one.</summary>
    /// <param name="name">Which.</param>
    /// <param name="partner">The branch's root; one's own where it is left out.</param>
    /// <param name="period">2026-07, 2026-Q3, 2026-H2, 2026 or 2026-07-R3; the latest quarter with figures where it is left out.</param>
    /// <param name="against">year, previous or none.</param>
    /// <param name="line">A product line's code.</param>
    /// <param name="territory">A territory's code.</param>
    /// <param name="type">A type of partners.</param>
    /// <param name="level">A level of partners.</param>
    /// <param name="ct">Stops waiting.</param>
    [HttpGet("{name}")]
    public async Task<IActionResult> Show(string name, string? partner, string? period, string? against, string? line, string? territory, string? type, string? level, CancellationToken ct)
    {
        if (period is not null && Period.Parse(period) is null)
        {
            return Refusal.Invalid(new FieldProblem("period", "kpis.refused.period"));
        }

        if (Panels.Find(name) is not { } kind || await scopes.ReadAsync(new(partner, period, null, against, line, territory, type, level), ct) is not { } asked)
        {
            return Refusal.NotFound;
        }

        var figures = await panels.ReadAsync(kind, asked, ct);
        return Ok(new
        {
            panel = name, title = figures.Title, partner = asked.Scope.Root.Number, period = asked.Scope.Period.ToString(), against = asked.Scope.Before?.ToString(), currency = asked.Currency, figures.Rule, figures.Findings,
            columns = figures.Table.Columns.Select(column => new { column.Key, column.Head, kind = column.Kind.ToString().ToLowerInvariant() }),
            rows = figures.Table.Rows.Select(row => row.Select((cell, at) => (figures.Table.Columns[at].Key, cell.Value, cell.Unit)).SelectMany(cell =>
                cell.Unit is null ? [(cell.Key, cell.Value)] : new[] { (cell.Key, cell.Value), (Key: cell.Key + "Unit", Value: (object?)(cell.Unit == "money" ? asked.Currency : cell.Unit)) }).ToDictionary(cell => cell.Key, cell => cell.Value, StringComparer.Ordinal)),
        });
    }
}
