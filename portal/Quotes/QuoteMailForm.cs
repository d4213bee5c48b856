using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Portal.Web;

namespace Portal.Quotes;

/// <summary>The form for a mail with a quote.</summary>
public sealed class QuoteMailForm
{
    /// <summary>Contacts that were ticked: their addresses.</summary>
    public List<string> Chosen { get; set; } = [];

    /// <summary>Others: addresses, or names with addresses in angle brackets, a line each or apart by commas.</summary>
    [StringLength(4000)]
    public string? To { get; set; }

    /// <summary>Who gets a copy.</summary>
    [StringLength(4000)]
    public string? Cc { get; set; }

    /// <summary>The language of words, page and files.</summary>
    public string Language { get; set; } = "";

    /// <summary>The subject.</summary>
    [Required, StringLength(200)]
    public string? Subject { get; set; }

    /// <summary>The text.</summary>
    [Required, StringLength(8000)]
    public string? Text { get; set; }

    /// <summary>The Excel file goes along.</summary>
    public bool WithExcel { get; set; }

    /// <summary>So many days before the end.</summary>
    public int? RemindDays { get; set; }

    /// <summary>The links' last day.</summary>
    public DateOnly? ExpiresOn { get; set; }

    /// <summary>The quote.</summary>
    [BindNever]
    public QuoteHead? Head { get; set; }

    /// <summary>People at the customer whose address is known.</summary>
    [BindNever]
    public IReadOnlyList<QuoteContact> Contacts { get; set; } = [];

    /// <summary>As the act wants it.</summary>
    internal QuoteMailRequest Request => new(
        [.. Chosen.Select(Read).Concat(Parts(To).Select(Read)).DistinctBy(to => to.Email, StringComparer.OrdinalIgnoreCase)], [.. Parts(Cc).Select(part => Read(part).Email)], Language,
        Typed.Text(Subject)?.ReplaceLineEndings(" "), Typed.Text(Text?.ReplaceLineEndings("\n")), WithExcel, RemindDays, ExpiresOn);

    static IEnumerable<string> Parts(string? typed) => (typed ?? "").Split([',', ';', '\n', '\r', '，', '；', '、'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    // 王敏 <wang@yunqi.example>
    static QuoteMailAddress Read(string part) => part.IndexOf('<', StringComparison.Ordinal) is var open and >= 0 && part.EndsWith('>')
        ? new(Typed.Text(part[..open].Trim().Trim('"')), part[(open + 1)..^1].Trim())
        : new(null, part.Trim());
}
