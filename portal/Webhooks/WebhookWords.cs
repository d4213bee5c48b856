using Platform.Texts;
using Portal.Web.Display;

namespace Portal.Webhooks;

/// <summary>How pages show states and results.</summary>
public static class WebhookWords
{
    /// <summary>The tone of an endpoint's state.</summary>
    public static Tone ToneOf(WebhookEndpoint endpoint) => endpoint.Status switch
    {
        "active" => endpoint.FailingSince is null ? Tone.Good : Tone.Waiting,
        "paused" => Tone.Neutral,
        _ => Tone.Bad,
    };

    /// <summary>The tone of a delivery's state.</summary>
    public static Tone ToneOf(string status) => status switch
    {
        "delivered" => Tone.Good,
        "pending" => Tone.Waiting,
        _ => Tone.Bad,
    };

    /// <summary>What came of an attempt: the receiver's status, or why there was none.</summary>
    public static string Result(Texts t, int? status, string? error) => (status, error) switch
    {
        (null, null) => "",
        (null, _) => t[$"webhooks.error.{error}"].Value,
        (_, null) => t["webhooks.answered", status].Value,
        _ => t["webhooks.answered", status].Value + " " + t[$"webhooks.error.{error}"].Value,
    };
}
