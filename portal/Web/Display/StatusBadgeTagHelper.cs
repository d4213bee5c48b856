using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Portal.Web.Display;

/// <summary>How a status feels to the person who works with it; the colour follows.</summary>
public enum Tone
{
    /// <summary>Nothing to do, nothing to fear: a draft, something closed.</summary>
    Neutral,

    /// <summary>Under way.</summary>
    Active,

    /// <summary>Waits for somebody.</summary>
    Waiting,

    /// <summary>Ended well.</summary>
    Good,

    /// <summary>Ended badly, or is in danger.</summary>
    Bad,
}

/// <summary>A status: <c>&lt;status-badge tone="Good" text="@T["deals.status.approved"]" /&gt;</c>, or <c>tone="@deal.Tone"</c>. The text says it, the colour only helps.</summary>
[HtmlTargetElement("status-badge", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class StatusBadgeTagHelper : TagHelper
{
    /// <summary>How it feels.</summary>
    public Tone Tone { get; set; }

    /// <summary>What it says, in the reader's language.</summary>
    public string Text { get; set; } = "";

    /// <inheritdoc/>
    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.Begin("span", $"badge tone-{Tone.ToString().ToLowerInvariant()}");
        output.Content.SetContent(Text);
    }
}
