using System.Security.Cryptography;
using System.Text;
using Platform.Audit;
using Platform.Database;
using Portal.Web;

namespace Portal.Quotes.Templates;

/// <summary>Makes revisions of a template, lets one count, and lets none count; the brand's for all, a partner's for its own quotes in the parts that the brand has opened.</summary>
public sealed class KeepQuoteTemplates(Db db, QuoteTemplateStore templates, SampleQuote sample, AuditTrail audit, ICurrentPerson me)
{
    /// <summary>Who keeps the templates of their company.</summary>
    public static IReadOnlyList<string> Keepers { get; } = ["brand_admin", "partner_admin"];

    /// <summary>A new revision. It is typeset once in each language before it is kept: what would not make a document is refused now and not when a quote is sent.</summary>
    /// <param name="draft">The parts; a logo by the hash of a file that is kept, or of <paramref name="logo"/>.</param>
    /// <param name="logo">A new logo, or null.</param>
    /// <param name="source">An expert's source, or null.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<TemplateOutcome> CreateAsync(QuoteTemplateDraft draft, byte[]? logo, string? source, CancellationToken ct)
    {
        if (!me.Has(Keepers) || (!me.IsBrand && (source is not null || draft.Open.Count > 0)))
        {
            return new TemplateOutcome.Forbidden();
        }

        var (tidy, problems) = await CheckedAsync(draft, logo, source, ct);
        if (problems.Count > 0)
        {
            return new TemplateOutcome.Wrong(problems);
        }

        if (await sample.FlawsAsync(tidy, logo, source, ct) is { Count: > 0 } flaws)
        {
            return new TemplateOutcome.Wrong(flaws);
        }

        return await db.InTransactionAsync<TemplateOutcome>(async () =>
        {
            if (logo is not null)
            {
                await templates.KeepFileAsync(me.PartnerId, me.IsBrand, tidy.Design.Logo!.Kind, logo, ct);
            }

            if (source is not null)
            {
                await templates.KeepFileAsync(me.PartnerId, me.IsBrand, "typ", Encoding.UTF8.GetBytes(source), ct);
            }

            var number = PublicNumber.New("QT");
            var revision = await templates.InsertAsync(number, me.PartnerId, me.IsBrand, tidy, ct);
            await audit.RecordAsync("quote_template.made", "quote_template", number, me.PartnerId, new { revision, tidy.Note, parts = tidy.Design.Given, open = tidy.Open, logo = tidy.Design.Logo?.Sha256, source = tidy.Source }, ct);
            return new TemplateOutcome.Done(number);
        }, ct);
    }

    /// <summary>What is wrong with a draft before anything is typeset, and the draft with the hashes of its files.</summary>
    public async Task<(QuoteTemplateDraft Draft, IReadOnlyList<TemplateProblem> Problems)> CheckedAsync(QuoteTemplateDraft draft, byte[]? logo, string? source, CancellationToken ct)
    {
        var problems = new List<TemplateProblem>();
        if (logo is not null)
        {
            var (kind, problem) = LogoFile.Recognise(logo);
            if (problem is not null)
            {
                problems.Add(problem);
            }
            else
            {
                draft = draft with { Design = draft.Design with { Logo = new(Convert.ToHexStringLower(SHA256.HashData(logo)), kind!, draft.Design.Logo?.HeightMm ?? 14) } };
            }
        }
        else if (draft.Design.Logo is { Sha256: var hash } && (hash.Length != 64 || !hash.All(char.IsAsciiHexDigit) || !await templates.HasFileAsync(hash, ct)))
        {
            problems.Add(new("Logo", "templates.logo.missing"));
        }

        draft = draft with { Source = source is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(source))) };
        return (draft, [.. problems, .. CheckQuoteTemplate.Of(draft, source)]);
    }

    /// <summary>Lets a revision count from now on; quotes that were sent keep what they were sent with.</summary>
    public Task<TemplateOutcome> ActivateAsync(string number, CancellationToken ct) => TurnAsync(number, async template =>
    {
        if (!template.IsActive)
        {
            await templates.TurnAsync(me.PartnerId, template.QuoteTemplateId, ct);
            await audit.RecordAsync("quote_template.activated", "quote_template", template.Number, me.PartnerId, new { template.Revision }, ct);
        }
    }, ct);

    /// <summary>Lets it count no more: the brand's counts again, or the product's own look.</summary>
    public Task<TemplateOutcome> RetireAsync(string number, CancellationToken ct) => TurnAsync(number, async template =>
    {
        if (template.IsActive)
        {
            await templates.TurnAsync(me.PartnerId, null, ct);
            await audit.RecordAsync("quote_template.retired", "quote_template", template.Number, me.PartnerId, new { template.Revision }, ct);
        }
    }, ct);

    Task<TemplateOutcome> TurnAsync(string number, Func<QuoteTemplateRow, Task> turn, CancellationToken ct) => db.InTransactionAsync<TemplateOutcome>(async () =>
    {
        if (!me.Has(Keepers))
        {
            return new TemplateOutcome.Forbidden();
        }

        await templates.HoldAsync(me.PartnerId, ct);
        if (await templates.FindAsync(number, ct) is not { } template)
        {
            return new TemplateOutcome.NotFound();
        }

        if (template.PartnerId != me.PartnerId)
        {
            return new TemplateOutcome.Forbidden();
        }

        await turn(template);
        return new TemplateOutcome.Done(template.Number);
    }, ct);
}

/// <summary>How an act on a template ended.</summary>
public abstract record TemplateOutcome
{
    TemplateOutcome()
    {
    }

    /// <summary>It is done.</summary>
    public sealed record Done(string Number) : TemplateOutcome;

    /// <summary>There is no such revision for the person at work.</summary>
    public sealed record NotFound : TemplateOutcome;

    /// <summary>The person's role or company does not allow it.</summary>
    public sealed record Forbidden : TemplateOutcome;

    /// <summary>Something is wrong with it, each with its remedy.</summary>
    public sealed record Wrong(IReadOnlyList<TemplateProblem> Problems) : TemplateOutcome;
}
