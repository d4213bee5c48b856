using Portal.Web.Display;

namespace Portal.Returns;

/// <summary>How states of cases and returns are said on the pages.</summary>
public static class ReturnWords
{
    /// <summary>How a state feels.</summary>
    public static Tone ToneOf(string status) => status switch
    {
        CaseLifecycle.Open => Tone.Waiting,
        CaseLifecycle.Disputed => Tone.Bad,
        CaseLifecycle.Settled => Tone.Good,
        _ => Tone.Neutral,
    };
}
