using Microsoft.AspNetCore.Mvc;
using Portal.Web;
using Portal.Web.Layout;

namespace Portal.Start;

/// <summary>The page after signing in: what waits for this person, and how things stand.</summary>
[Route("")]
public sealed class StartController(IEnumerable<IWaitingSource> waiting, IEnumerable<IFigureSource> figures, Navigation navigation, ICurrentPerson me) : Controller
{
    /// <summary>Shows it.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Index(CancellationToken ct)
    {
        List<Figure> standing = [];
        foreach (var source in figures)
        {
            standing.AddRange(await source.FindAsync(ct));
        }

        return View("StartPage", new StartPage(await WaitingAsync(ct), [.. standing.OrderBy(figure => figure.Order)], FirstSteps.For(me, navigation)));
    }

    /// <summary>What waits alone, for the page that is told that something changed.</summary>
    [HttpGet("waiting")]
    public async Task<IActionResult> Waiting(CancellationToken ct) => PartialView("_Waiting", new StartPage(await WaitingAsync(ct), [], FirstSteps.For(me, navigation)));

    async Task<IReadOnlyList<Waiting>> WaitingAsync(CancellationToken ct)
    {
        // One after the other: they share the request's connection.
        List<Waiting> found = [];
        foreach (var source in waiting)
        {
            found.AddRange((await source.FindAsync(ct)).Where(item => item.Count > 0));
        }

        // What is urgent, then what somebody waits for, then what is watched; within these in the order of the features.
        return [.. found.OrderByDescending(item => item.IsUrgent).ThenBy(item => item.IsWatched)];
    }
}

/// <summary>What <c>StartPage.cshtml</c> shows.</summary>
/// <param name="Waiting">What waits.</param>
/// <param name="Figures">How things stand.</param>
/// <param name="Steps">What to do when nothing waits.</param>
public sealed record StartPage(IReadOnlyList<Waiting> Waiting, IReadOnlyList<Figure> Figures, IReadOnlyList<FirstStep> Steps);
