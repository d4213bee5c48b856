using Portal.Web.Display;

namespace Portal.Returns;

/// <summary>How states of cases and returns are said on the pages.</summary>
public static class ReturnWords
{
    /// <summary>How a state feels.</summary>
    public static Tone ToneOf(string status) => status switch
    {
        CaseLifecycle.Open or ReturnLifecycle.Requested => Tone.Waiting,
        CaseLifecycle.Disputed or ReturnLifecycle.Refused => Tone.Bad,
        ReturnLifecycle.Approved or ReturnLifecycle.Sent => Tone.Active,
        CaseLifecycle.Settled => Tone.Good,
        _ => Tone.Neutral,
    };
}
