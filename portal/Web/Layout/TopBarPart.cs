namespace Portal.Web.Layout;

/// <summary>
/// Something a feature puts into the top bar of every page, for people who are known: a view component, registered with
/// <c>services.AddSingleton(new TopBarPart(TopBarPlace.Search, typeof(SearchBox)))</c>.
/// </summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Component">The view component.</param>
public sealed record TopBarPart(TopBarPlace Place, Type Component);

/// <summary>The places of the top bar.</summary>
public enum TopBarPlace
{
    /// <summary>The wide place in the middle.</summary>
    Search,

    /// <summary>Between the theme and the person's own menu.</summary>
    Ways,
}
