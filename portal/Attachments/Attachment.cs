using Platform.Web;

namespace Portal.Attachments;

/// <summary>A file on a deal, a dispute or an order.</summary>
public sealed class Attachment
{
    /// <summary>The key; never leaves the server.</summary>
    public long AttachmentId { get; init; }

    /// <summary>The public number.</summary>
    public required string Number { get; init; }

    /// <summary>The deal it is on.</summary>
    public string? Deal { get; init; }

    /// <summary>The dispute it is on.</summary>
    public string? Dispute { get; init; }

    /// <summary>The order it is on.</summary>
    public string? Order { get; init; }

    /// <summary>The partner that sees it; null where only the brand does. Never leaves the server.</summary>
    public long? PartnerId { get; init; }

    /// <summary>The side of a dispute that it belongs to.</summary>
    public string? Side { get; init; }

    /// <summary>The file's name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, told from its content.</summary>
    public required string Kind { get; init; }

    /// <summary>How long it is.</summary>
    public int Bytes { get; init; }

    /// <summary>The SHA-256 of its content, in hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The brand added it.</summary>
    public bool ByBrand { get; init; }

    /// <summary>Who added it, where the reader may know.</summary>
    public string? Person { get; init; }

    /// <summary>When.</summary>
    public DateTime UploadedAt { get; init; }

    /// <summary>Whoever is at work added it.</summary>
    public bool Mine { get; init; }

    /// <summary>Only the brand sees it.</summary>
    public bool IsInside => PartnerId is null && Order is null;
}

/// <summary>The record that files are put on.</summary>
/// <param name="IsDispute">A dispute; otherwise a deal.</param>
/// <param name="Id">Its key.</param>
/// <param name="Number">Its number.</param>
/// <param name="PartnerId">The partner whose side of it the files belong to; null for the brand's own eyes.</param>
/// <param name="ByBrand">The brand puts them there.</param>
public sealed record AttachedTo(bool IsDispute, long Id, string Number, long? PartnerId, bool ByBrand)
{
    /// <summary>An order, which both its sides see; neither a deal nor a dispute.</summary>
    public bool IsOrder { get; init; }

    /// <summary>Who is to see them, as the form said; null where nothing is kept between two sendings, as for programs.</summary>
    public string? ReadBy { get; init; }
}

/// <summary>A file as somebody sends it.</summary>
/// <param name="Name">The name it was sent under.</param>
/// <param name="Content">Its content.</param>
public sealed record SentFile(string? Name, byte[] Content);

/// <summary>A file that may be taken.</summary>
/// <param name="Name">Its name, cleaned.</param>
/// <param name="Kind">What it is, told from its content.</param>
/// <param name="Content">Its content.</param>
/// <param name="Sha256">The SHA-256 of it.</param>
public sealed record RecognisedFile(string Name, FileKind Kind, byte[] Content, byte[] Sha256);

/// <summary>What became of files that were sent, or of one that was to be removed.</summary>
public abstract record AttachmentOutcome
{
    AttachmentOutcome()
    {
    }

    /// <summary>They are kept, under these numbers; a removed one is gone.</summary>
    public sealed record Done(IReadOnlyList<string> Numbers) : AttachmentOutcome;

    /// <summary>Nothing was added, for these reasons.</summary>
    public sealed record Invalid(IReadOnlyList<FieldProblem> Problems) : AttachmentOutcome
    {
        /// <summary>The files that were in order, by name: kept until the form is sent again.</summary>
        public IReadOnlyList<string> Kept { get; init; } = [];
    }

    /// <summary>The state of the record does not allow it.</summary>
    public sealed record Refused(string TextKey) : AttachmentOutcome;

    /// <summary>The roles of whoever is at work do not allow it.</summary>
    public sealed record Forbidden : AttachmentOutcome;

    /// <summary>There is no such record or file.</summary>
    public sealed record Missing : AttachmentOutcome;
}

/// <summary>How large and how many.</summary>
/// <param name="MostBytes">Of one file.</param>
/// <param name="MostBytesOfRecord">Of all files of one record.</param>
/// <param name="MostFilesOfRecord">How many files a record may have.</param>
public sealed record AttachmentLimits(long MostBytes, long MostBytesOfRecord, int MostFilesOfRecord)
{
    /// <summary>As the settings have it.</summary>
    public static AttachmentLimits Of(IConfiguration configuration) => new(
        configuration.GetValue<long>("Attachments:Megabytes", 20) * 1024 * 1024, configuration.GetValue<long>("Attachments:MegabytesOfRecord", 100) * 1024 * 1024, configuration.GetValue<int>("Attachments:FilesOfRecord", 50));
}
