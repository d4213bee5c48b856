using Platform.Texts;

namespace Identity.Administration;

/// <summary>The portal's roles in words, with the name that stands in claims.</summary>
static class RoleWords
{
    /// <summary><c>Sales (sales)</c>; the name alone where there are no words for it.</summary>
    public static string Of(Texts t, string role) => t.Find($"administration.role.{role}") is { } words ? $"{words} ({role})" : role;
}
