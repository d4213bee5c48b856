using System.Text.RegularExpressions;

namespace Portal.Documents.Typst;

/// <summary>What the house asks of a template beyond what the compiler does.</summary>
static partial class TemplateRules
{
    /// <summary>
    /// A document that reads the clock would be another one each time it is made, and its SHA-256 would prove nothing. This keeps an author from doing so
    /// by accident; it is no wall.
    /// </summary>
    public static IReadOnlyList<TemplateFlaw> FlawsOf(string template) =>
    [
        .. from Match clock in Clock().Matches(template)
           select new TemplateFlaw("a document does not read the clock; print a day from the data", "template.typ", LineOf(template, clock.Index), ColumnOf(template, clock.Index)),
    ];

    static int LineOf(string text, int at) => text.AsSpan(0, at).Count('\n') + 1;

    static int ColumnOf(string text, int at) => at - text.AsSpan(0, at).LastIndexOf('\n');

    [GeneratedRegex(@"\bdatetime\s*\.\s*today\b", RegexOptions.NonBacktracking)]
    private static partial Regex Clock();
}
