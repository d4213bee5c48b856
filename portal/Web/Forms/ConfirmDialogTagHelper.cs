using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Web.Forms;

/// <summary>
/// A button that asks before it acts. The question opens without JavaScript (a popover) and is a form of its own; fields inside the tag,
/// such as a reason, stand in it:
/// <code>
/// &lt;confirm-dialog action="/deals/@Model.Number/withdrawal" button="@T["deals.withdraw"]" title="@T["deals.withdraw_sure"]" danger="true"&gt;
///   &lt;field name="reason" label="…" rows="3" required="true" /&gt;
/// &lt;/confirm-dialog&gt;
/// </code>
/// </summary>
[HtmlTargetElement("confirm-dialog", Attributes = "action,button,title")]
public sealed class ConfirmDialogTagHelper(IHtmlHelper html) : PartTagHelper(html)
{
    /// <summary>Where the form is sent.</summary>
    public string Action { get; set; } = "";

    /// <summary>What the button says, on the page and, unless <see cref="Confirm"/> says otherwise, in the dialog.</summary>
    public string Button { get; set; } = "";

    /// <summary>The question.</summary>
    public string Title { get; set; } = "";

    /// <summary>What will happen.</summary>
    public string? Text { get; set; }

    /// <summary>What the dialog's own button says.</summary>
    public string? Confirm { get; set; }

    /// <summary>An icon on the page's button.</summary>
    public string? Icon { get; set; }

    /// <summary>Cannot be undone, or hurts somebody.</summary>
    public bool Danger { get; set; }

    /// <summary>The dialog comes up with the page: what was sent has been refused and stands in it again.</summary>
    public bool Open { get; set; }

    /// <inheritdoc/>
    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var fields = await output.GetChildContentAsync();
        await WriteAsync(output, "/Web/Forms/_ConfirmDialog.cshtml", new ConfirmDialog("ask-" + context.UniqueId, Action, Button, Title, Text, Confirm ?? Button, Icon, Danger, Open, fields));
    }
}

/// <summary>A question as <c>_ConfirmDialog.cshtml</c> shows it.</summary>
/// <param name="Id">Its id on the page.</param>
/// <param name="Action">Where the form is sent.</param>
/// <param name="Button">What the page's button says.</param>
/// <param name="Title">The question.</param>
/// <param name="Text">What will happen.</param>
/// <param name="Confirm">What the dialog's button says.</param>
/// <param name="Icon">An icon.</param>
/// <param name="Danger">Cannot be undone.</param>
/// <param name="Open">Comes up with the page.</param>
/// <param name="Fields">What else is asked.</param>
public sealed record ConfirmDialog(string Id, string Action, string Button, string Title, string? Text, string Confirm, string? Icon, bool Danger, bool Open, IHtmlContent Fields);
