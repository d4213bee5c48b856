using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Web.Forms;

/// <summary>
/// One field of a form with its label, its hint and, after a refusal, what was wrong and what the person had typed:
/// <c>&lt;field for="CustomerName" label="@T["deals.customer_name"]" hint="@T["deals.customer_name_hint"]" /&gt;</c>. The control follows the
/// property's type (text, date, number, check box, several choices), <c>options</c> makes it a list, <c>rows</c> a text area;
/// markup inside the tag replaces the control and is given the field's id by <see cref="Field.IdOf"/>.
/// </summary>
[HtmlTargetElement("field", Attributes = "for,label")]
[HtmlTargetElement("field", Attributes = "name,label")]
public sealed class FieldTagHelper(IHtmlHelper html) : PartTagHelper(html)
{
    /// <summary>The property of the form.</summary>
    public ModelExpression? For { get; set; }

    /// <summary>The field's name, where no property of the page's model stands behind it (a question in a dialog).</summary>
    public string? Name { get; set; }

    /// <summary>What a field of that name holds at first.</summary>
    public string? Value { get; set; }

    /// <summary>The label, in the reader's language.</summary>
    public string Label { get; set; } = "";

    /// <summary>What helps to fill it in.</summary>
    public string? Hint { get; set; }

    /// <summary>The input's type where the property's does not say it: email, password, tel, url, search.</summary>
    public string? Type { get; set; }

    /// <summary>The choices; the field becomes a list.</summary>
    public IEnumerable<SelectListItem>? Options { get; set; }

    /// <summary>The text of the empty choice before <see cref="Options"/>; without it the first choice is chosen.</summary>
    public string? Choose { get; set; }

    /// <summary>So many lines of text; the field becomes a text area.</summary>
    public int Rows { get; set; }

    /// <summary>What stands behind the input, such as a currency.</summary>
    public string? Suffix { get; set; }

    /// <summary>Shown, not to be changed.</summary>
    public bool Readonly { get; set; }

    /// <summary>Must be filled in; taken from the property where it is not said.</summary>
    public bool? Required { get; set; }

    /// <summary>What a browser may fill in, see HTML's autocomplete; <c>off</c> for business data.</summary>
    public string Autocomplete { get; set; } = "off";

    /// <summary>An example of what belongs here; never the only explanation.</summary>
    public string? Placeholder { get; set; }

    /// <summary>Takes the focus when the page opens.</summary>
    public bool Autofocus { get; set; }

    /// <inheritdoc/>
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var child = await output.GetChildContentAsync();
        var field = For is not null ? Field.Of(For, ViewContext) : Field.Of(Name!, Value, ViewContext);
        await WriteAsync(output, "/Web/Forms/_Field.cshtml", field with
        {
            Label = Label,
            Hint = Hint,
            Type = Type ?? field.Type,
            Options = Options?.Select(option => new SelectListItem(option.Text, option.Value, field.Values.Contains(option.Value ?? option.Text), option.Disabled) { Group = option.Group }).ToList(),
            Choose = Choose,
            Rows = Rows,
            Suffix = Suffix,
            Readonly = Readonly,
            Required = Required ?? field.Required,
            Autocomplete = Autocomplete,
            Placeholder = Placeholder,
            Autofocus = Autofocus,
            Control = child.IsEmptyOrWhiteSpace ? null : child,
        });
    }
}

/// <summary>A field as <c>_Field.cshtml</c> shows it.</summary>
/// <param name="Name">The name under which the form sends it.</param>
/// <param name="Id">The control's id.</param>
/// <param name="Type">The input's type.</param>
/// <param name="Values">What it holds: what the person typed last or else what the form was opened with.</param>
/// <param name="Problems">What was wrong with it.</param>
/// <param name="Required">Must be filled in.</param>
/// <param name="Longest">At most so many characters.</param>
public sealed record Field(string Name, string Id, string Type, IReadOnlyList<string> Values, IReadOnlyList<string> Problems, bool Required, int? Longest)
{
    /// <summary>The label.</summary>
    public string Label { get; init; } = "";

    /// <summary>What helps to fill it in.</summary>
    public string? Hint { get; init; }

    /// <summary>The choices, with the chosen ones marked.</summary>
    public IReadOnlyList<SelectListItem>? Options { get; init; }

    /// <summary>The text of the empty choice.</summary>
    public string? Choose { get; init; }

    /// <summary>Lines of a text area; 0 for a single line.</summary>
    public int Rows { get; init; }

    /// <summary>What stands behind the input.</summary>
    public string? Suffix { get; init; }

    /// <summary>Shown, not to be changed.</summary>
    public bool Readonly { get; init; }

    /// <summary>HTML's autocomplete.</summary>
    public string Autocomplete { get; init; } = "off";

    /// <summary>An example.</summary>
    public string? Placeholder { get; init; }

    /// <summary>Takes the focus.</summary>
    public bool Autofocus { get; init; }

    /// <summary>Markup in place of the control.</summary>
    public IHtmlContent? Control { get; init; }

    /// <summary>What it holds, where that is one thing.</summary>
    public string? Value => Values.Count > 0 ? Values[0] : null;

    /// <summary>The ids of the hint and the problem, for aria-describedby.</summary>
    public string? DescribedBy
    {
        get
        {
            var ids = string.Join(' ', new[] { Problems.Count > 0 ? ProblemId : null, Hint is null ? null : HintId }.OfType<string>());
            return ids.Length > 0 ? ids : null;
        }
    }

    /// <summary>The hint's id.</summary>
    public string HintId => Id + "-hint";

    /// <summary>The problem's id.</summary>
    public string ProblemId => Id + "-problem";

    /// <summary>Several choices at once.</summary>
    public bool IsMultiple => string.Equals(Type, "multiple", StringComparison.Ordinal);

    /// <summary>The id of the control of that name.</summary>
    public static string IdOf(string name) => TagBuilder.CreateSanitizedId(name, "_");

    /// <summary>The field of a property, with what the request brought.</summary>
    public static Field Of(ModelExpression property, ViewContext view)
    {
        var name = view.ViewData.TemplateInfo.GetFullHtmlFieldName(property.Name);
        view.ViewData.ModelState.TryGetValue(name, out var entry);
        var type = Nullable.GetUnderlyingType(property.ModelExplorer.ModelType) ?? property.ModelExplorer.ModelType;
        return new(name, IdOf(name), TypeOf(type), ValuesOf(entry?.RawValue, property.Model), entry?.Errors.Select(error => error.ErrorMessage).Distinct(StringComparer.Ordinal).ToList() ?? [],
            IsRequired(property, type), LongestOf(property));
    }

    /// <summary>The field of that name, with what the request brought.</summary>
    public static Field Of(string name, string? value, ViewContext view)
    {
        view.ViewData.ModelState.TryGetValue(name, out var entry);
        return new(name, IdOf(name), "text", ValuesOf(entry?.RawValue, value), entry?.Errors.Select(error => error.ErrorMessage).ToList() ?? [], Required: false, Longest: null);
    }

    static string TypeOf(Type type) =>
        type == typeof(bool) ? "checkbox"
        : type == typeof(DateOnly) ? "date"
        : type == typeof(DateTime) ? "datetime-local"
        : type == typeof(IFormFile) ? "file"
        : type == typeof(decimal) || type == typeof(double) ? "decimal"
        : type == typeof(int) || type == typeof(long) ? "integer"
        : type != typeof(string) && typeof(System.Collections.IEnumerable).IsAssignableFrom(type) ? "multiple"
        : "text";

    static List<string> ValuesOf(object? typed, object? held) => (typed ?? held) switch
    {
        null => [],
        string text => [text],
        string[] texts => [.. texts],
        DateOnly day => [day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)],
        DateTime moment => [moment.ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture)],
        bool yes => [yes ? "true" : "false"],
        decimal number => [number.ToString("0.############", CultureInfo.CurrentCulture)],
        System.Collections.IEnumerable several => [.. several.Cast<object?>().Select(one => Convert.ToString(one, CultureInfo.CurrentCulture) ?? "")],
        var other => [Convert.ToString(other, CultureInfo.CurrentCulture) ?? ""],
    };

    // A check box is filled in whatever it says, and an empty list of choices is a list; where one has to choose, the tag says required.
    static bool IsRequired(ModelExpression property, Type type) => property.Metadata.IsRequired && TypeOf(type) is not ("checkbox" or "multiple");

    static int? LongestOf(ModelExpression property) =>
        property.Metadata.ValidatorMetadata.Select(rule => rule switch
        {
            StringLengthAttribute length => length.MaximumLength,
            MaxLengthAttribute length => length.Length,
            _ => (int?)null,
        }).FirstOrDefault(longest => longest is not null);
}
