namespace Identity.Sessions;

/// <summary>
/// The session that a browser's cookie opens. Where its company wants a second factor that has not been shown, it is a session of nobody, but on
/// the few pages where it is completed: those say so, all others see nobody signed in.
/// </summary>
sealed class FoundSession(SignInSession session)
{
    /// <summary>It.</summary>
    public SignInSession Session { get; } = session;

    /// <summary>Whether this request is one of those that complete it.</summary>
    public bool IsBeingCompleted { get; set; }
}

/// <summary>The session of a request.</summary>
static class SessionOfRequest
{
    /// <summary>Who is signed in, with all that their company asks for; found by <see cref="SessionAuthentication"/>. Null when nobody is.</summary>
    public static SignInSession? Session(this HttpContext http) =>
        http.Features.Get<FoundSession>() is { } found && (found.IsBeingCompleted || !found.Session.OwesSecondFactor) ? found.Session : null;

    /// <summary>The same, or who has still to show a second factor: for what completes, ends or refuses a session, and gives nothing out.</summary>
    public static SignInSession? SessionEvenIncomplete(this HttpContext http) => http.Features.Get<FoundSession>()?.Session;

    /// <summary>Takes the session of this request as it is, because the page completes it.</summary>
    public static void CompleteSession(this HttpContext http)
    {
        if (http.Features.Get<FoundSession>() is { } found)
        {
            found.IsBeingCompleted = true;
        }
    }
}
