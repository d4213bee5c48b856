namespace Portal.Web.Lists;

/// <summary>
/// What may be asked of one list: by which columns it sorts and by which fields it filters. Declared once beside the controller,
/// so that nothing a browser sends reaches the SQL but what stands here:
/// <code>
/// public static readonly ListShape Deals = new("deals", "-submitted", new Dictionary&lt;string, string&gt;
/// {
///     ["number"] = "d.number", ["customer"] = "c.name", ["amount"] = "d.amount", ["submitted"] = "d.submitted_at",
/// }, Tie: "d.deal_id", Filters: ["status", "partner"]);
/// </code>
/// </summary>
/// <param name="Name">The list's name, under which views are saved.</param>
/// <param name="DefaultSort">The column sorted by at first, with a minus before it for the largest first.</param>
/// <param name="Columns">The columns by the names that addresses use, each with its SQL.</param>
/// <param name="Tie">The SQL of a unique column that settles the order of equal rows.</param>
/// <param name="Filters">The fields that filter, by the names that addresses use.</param>
public sealed record ListShape(string Name, string DefaultSort, IReadOnlyDictionary<string, string> Columns, string Tie, IReadOnlyList<string> Filters)
{
    /// <summary>How many rows a page may have; the first is the default.</summary>
    public static IReadOnlyList<int> PageSizes { get; } = [25, 50, 100, 200];
}
