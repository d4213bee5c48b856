using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Platform.Texts;
using Platform.Web;

namespace Portal.Web;

/// <summary>What the <c>type</c> of a problem of the API means, for whoever opens its address.</summary>
[AllowAnonymous]
[Route("problems")]
public sealed class ProblemsController(TextBook book, Texts texts) : Controller
{
    /// <summary>One problem, in the reader's language.</summary>
    [HttpGet("{name}")]
    public IActionResult Show(string name)
    {
        var key = "problems." + name.Replace('-', '_');
        return book.Find(key + ".detail", Languages.Current) is null
            ? NotFound()
            : View("ProblemPage", new ErrorPage(StatusCodes.Status200OK, texts[key], texts[key + ".detail"], ""));
    }
}
