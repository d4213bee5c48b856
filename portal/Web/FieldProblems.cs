using Microsoft.AspNetCore.Mvc.ModelBinding;
using Platform.Texts;
using Platform.Web;

namespace Portal.Web;

/// <summary>What is wrong with a form, said at its fields.</summary>
public static class FieldProblems
{
    /// <summary>Says each problem at its field, in the reader's language.</summary>
    /// <param name="form">The form's state.</param>
    /// <param name="problems">What is wrong.</param>
    /// <param name="t">The texts.</param>
    /// <param name="field">What the page calls a field, where that differs.</param>
    public static void Explain(this ModelStateDictionary form, IEnumerable<FieldProblem> problems, Texts t, Func<string, string>? field = null)
    {
        foreach (var problem in problems)
        {
            form.AddModelError(field?.Invoke(problem.Field) ?? problem.Field, problem.Text(t));
        }
    }

    /// <summary>A field of the API as the form writes it: <c>customerName</c> is <c>CustomerName</c>.</summary>
    public static string AsOnForm(string field) => field.Length == 0 ? "" : char.ToUpperInvariant(field[0]) + field[1..];
}
