using Microsoft.AspNetCore.Mvc;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;

namespace Portal.Quotes.Templates;

/// <summary>Quote templates for programs: read the revisions, let one count.</summary>
[ApiController, Route("api/v1/quote-templates"), AllowRoles("brand_admin", "partner_admin")]
public sealed class QuoteTemplatesApi(QuoteTemplateStore templates, KeepQuoteTemplates keep) : ControllerBase
{
    /// <summary>The revisions one may see, newest first: the own company's, the brand's that counts; for the brand all.</summary>
    [HttpGet("")]
    [ProducesResponseType<Page<QuoteTemplateAnswer>>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Index([FromQuery] PageRequest page, CancellationToken ct) => page.TryReadCursor<TemplateKey>(out var last)
        ? Ok(page.Cut(await templates.AfterAsync(last?.QuoteTemplateId, page.Take(), ct), row => new TemplateKey(row.QuoteTemplateId)).Select(Answer))
        : PageRequest.BadCursor;

    /// <summary>One revision.</summary>
    [HttpGet("{number}")]
    [ProducesResponseType<QuoteTemplateAnswer>(StatusCodes.Status200OK)]
    public async Task<IActionResult> Show(string number, CancellationToken ct) => await templates.FindAsync(number, ct) is { } row ? Ok(Answer(row)) : ApiProblem.NotFound;

    /// <summary>Lets a revision of the own company count from now on. Quotes that were sent keep what they were sent with. Said twice, it is done once.</summary>
    [HttpPost("{number}/activation")]
    public async Task<IActionResult> Activate(string number, CancellationToken ct) => await keep.ActivateAsync(number, ct) switch
    {
        TemplateOutcome.Done => NoContent(),
        TemplateOutcome.NotFound => ApiProblem.NotFound,
        _ => ApiProblem.Forbidden,
    };

    static QuoteTemplateAnswer Answer(QuoteTemplateRow row) => new(row.Number, row.Revision, row.Owner, row.OfBrand, row.Note, row.IsActive, row.OpenParts, row.Source, row.Parts, row.CreatedAt, row.ActivatedAt);

    sealed record TemplateKey(long QuoteTemplateId);
}

/// <summary>A revision of a template as the API tells it.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Revision">Which one of its owner's.</param>
/// <param name="Owner">Whose.</param>
/// <param name="OfBrand">The brand's.</param>
/// <param name="Note">What it is, in the owner's words.</param>
/// <param name="Active">It counts.</param>
/// <param name="OpenParts">The parts that partners may have of their own.</param>
/// <param name="SourceSha256">Of an expert's source.</param>
/// <param name="Design">The parts that it gives.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ActivatedAt">When it last began to count.</param>
public sealed record QuoteTemplateAnswer(string Number, int Revision, string Owner, bool OfBrand, string? Note, bool Active, IReadOnlyList<string> OpenParts, string? SourceSha256, QuoteDesign Design, DateTime CreatedAt, DateTime? ActivatedAt);
