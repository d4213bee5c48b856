using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Web.Forms;

/// <summary>
/// A file to choose or to drop: <c>&lt;file-upload name="file" label="…" accept=".csv,.xlsx" most-bytes="52428800" /&gt;</c> in a form with
/// <c>enctype="multipart/form-data"</c>. Shows the chosen file's name and size, and says at once when it is too large.
/// </summary>
[HtmlTargetElement("file-upload", Attributes = "name,label", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class FileUploadTagHelper(IHtmlHelper html) : PartTagHelper(html)
{
    /// <summary>The name under which the form sends it.</summary>
    public string Name { get; set; } = "";

    /// <summary>What is wanted.</summary>
    public string Label { get; set; } = "";

    /// <summary>What helps to choose.</summary>
    public string? Hint { get; set; }

    /// <summary>The endings and types that are taken.</summary>
    public string? Accept { get; set; }

    /// <summary>The most bytes a file may have.</summary>
    public long? MostBytes { get; set; }

    /// <summary>Must be chosen.</summary>
    public bool Required { get; set; } = true;

    /// <summary>Several may be chosen at once.</summary>
    public bool Multiple { get; set; }

    /// <inheritdoc/>
    public override Task ProcessAsync(TagHelperContext context, TagHelperOutput output) =>
        WriteAsync(output, "/Web/Forms/_FileUpload.cshtml", new FileUpload(Name, Field.IdOf(Name), Label, Hint, Accept, MostBytes, Required,
            ViewContext.ViewData.ModelState.TryGetValue(Name, out var entry) ? [.. entry.Errors.Select(error => error.ErrorMessage)] : []) { Multiple = Multiple });
}

/// <summary>A file to choose as <c>_FileUpload.cshtml</c> shows it.</summary>
/// <param name="Name">The name under which the form sends it.</param>
/// <param name="Id">The control's id.</param>
/// <param name="Label">What is wanted.</param>
/// <param name="Hint">What helps to choose.</param>
/// <param name="Accept">What is taken.</param>
/// <param name="MostBytes">The most bytes.</param>
/// <param name="Required">Must be chosen.</param>
/// <param name="Problems">What was wrong with the file sent before.</param>
public sealed record FileUpload(string Name, string Id, string Label, string? Hint, string? Accept, long? MostBytes, bool Required, IReadOnlyList<string> Problems)
{
    /// <summary>Several may be chosen at once.</summary>
    public bool Multiple { get; init; }
}
