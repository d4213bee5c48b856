namespace Portal.Web;

/// <summary>Words as people type them into a field of several lines.</summary>
public static class Typed
{
    /// <summary>The words without control characters (line breaks and tabs stay) and without spaces around them; null where nothing is left. NUL among them PostgreSQL would refuse.</summary>
    public static string? Text(string? typed)
    {
        var text = typed is null ? "" : string.Concat(typed.Where(character => !char.IsControl(character) || character is '\n' or '\t')).Trim();
        return text.Length == 0 ? null : text;
    }
}
