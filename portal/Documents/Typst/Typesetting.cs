namespace Portal.Documents.Typst;

/// <summary>What became of a <see cref="TypstJob"/>.</summary>
public abstract record Typesetting
{
    Typesetting()
    {
    }

    /// <summary>The document is ready.</summary>
    /// <param name="Content">The PDF file.</param>
    /// <param name="Pages">How many pages it has.</param>
    /// <param name="Undrawn">Characters in the data that the house fonts have no glyph for; they are printed as □.</param>
    public sealed record Pdf(byte[] Content, int Pages, IReadOnlyList<string> Undrawn) : Typesetting;

    /// <summary>The template has errors; whoever wrote it can mend them.</summary>
    public sealed record Flawed(IReadOnlyList<TemplateFlaw> Flaws) : Typesetting;

    /// <summary>The document could not be made now, or not within the limits.</summary>
    /// <param name="Reason">What stood in the way.</param>
    /// <param name="TextKey">The text that tells a person.</param>
    public sealed record Refused(TypesettingRefusal Reason, string TextKey) : Typesetting;
}

/// <summary>One error in a template.</summary>
/// <param name="Message">What the compiler says, in English.</param>
/// <param name="File">The file it stands in; <c>template.typ</c> is the template itself. Null where the compiler names none.</param>
/// <param name="Line">The line, counted from 1.</param>
/// <param name="Column">The column, counted from 1.</param>
public sealed record TemplateFlaw(string Message, string? File, int? Line, int? Column);

/// <summary>Why a document was not typeset.</summary>
public enum TypesettingRefusal
{
    /// <summary>Too many documents are waiting.</summary>
    Busy,

    /// <summary>It took longer than a document may take, twice.</summary>
    TooLong,

    /// <summary>It used more memory than a worker may use, twice.</summary>
    TooMuchMemory,

    /// <summary>No worker could be started, or two broke down over it.</summary>
    NoWorker,
}
