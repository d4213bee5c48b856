namespace Portal.Customers;

/// <summary>A name of a customer, and what kind of name it is.</summary>
/// <param name="Name">The name.</param>
/// <param name="Kind">One of <see cref="NameKind.All"/>.</param>
public sealed record CustomerName(string? Name, string? Kind);

/// <summary>What a name can be.</summary>
public static class NameKind
{
    /// <summary>All kinds: registered, trade name (字号), short, former, English, pinyin or another script, and what nobody has said.</summary>
    public static IReadOnlyList<string> All { get; } = ["legal", "trade", "short", "former", "english", "other_script", "other"];
}
