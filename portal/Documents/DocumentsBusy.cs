using Platform.Web;

namespace Portal.Documents;

/// <summary>What is answered where a document cannot be made now, and may be in a moment.</summary>
public static class DocumentsBusy
{
    /// <summary>503, and when to come again.</summary>
    /// <param name="textKey">Why: the text key of <see cref="Typst.Typesetting.Refused"/>.</param>
    public static ApiProblem Answer(string textKey) => new(StatusCodes.Status503ServiceUnavailable, "documents-busy", textKey) { RetryAfter = TimeSpan.FromSeconds(10) };
}
