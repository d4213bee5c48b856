using Microsoft.AspNetCore.Mvc;

namespace Portal.Search;

/// <summary>The search box in the top bar.</summary>
public sealed class SearchBox : ViewComponent
{
    /// <summary>Shows it.</summary>
    public IViewComponentResult Invoke() => View("/Search/_SearchBox.cshtml");
}
