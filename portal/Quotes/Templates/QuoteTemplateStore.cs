using Platform.Database;
using Portal.Web.Lists;

namespace Portal.Quotes.Templates;

/// <summary>Every statement about quote templates, and the rows they return.</summary>
public sealed class QuoteTemplateStore(Db db, TimeProvider clock)
{
    /// <summary>What the list may be asked.</summary>
    public static ListShape Shape { get; } = new("quote-templates", "-revision", new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["revision"] = "t.revision", ["created"] = "t.created_at", ["owner"] = "p.name",
    }, "t.quote_template_id", ["owner"]);

    const string Row = """
        select t.quote_template_id, t.number, t.revision, t.note, t.is_active, t.of_brand, p.name as owner, p.name_latin as owner_latin, t.partner_id, c.name as made_by, t.created_at, t.design::text as design,
               encode(t.source_sha256, 'hex') as source, t.open_parts,
               (select max(w.happened_at) from quote_template_turn w where w.quote_template_id = t.quote_template_id) as activated_at
        """;

    const string From = """
        from quote_template t
        join partner p on p.partner_id = t.partner_id
        left join person c on c.person_id = t.created_by
        """;

    const string Where = """
        where (@words::text is null or t.number ilike @beginning or t.note ilike @within)
          and (@owner::text is null or case when t.partner_id = app_partner_id() then 'own' when t.of_brand then 'brand' else 'partners' end = @owner)
        """;

    DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>One page of the list.</summary>
    public Task<ListPage<QuoteTemplateRow>> ListAsync(ListQuery query, CancellationToken ct) => db.PageAsync<QuoteTemplateRow>(
        $"{Row} {From} {Where} order by {query.OrderBy} offset @Offset limit @Limit", $"select count(*) {From} {Where}", Asked(query), ct);

    /// <summary>The whole list, row by row, for a file.</summary>
    public IAsyncEnumerable<QuoteTemplateRow> StreamAsync(ListQuery query, CancellationToken ct) => db.StreamAsync<QuoteTemplateRow>($"{Row} {From} {Where} order by {query.OrderBy}", Asked(query), ct);

    static object Asked(ListQuery query) =>
        new { words = query.Words, beginning = LikePattern.Beginning(query.Words), within = LikePattern.Within(query.Words), owner = query["owner"], query.Offset, query.Limit };

    /// <summary>A page of them for programs, newest first.</summary>
    public Task<List<QuoteTemplateRow>> AfterAsync(long? before, int limit, CancellationToken ct) =>
        db.ListAsync<QuoteTemplateRow>($"{Row} {From} where @before::bigint is null or t.quote_template_id < @before order by t.quote_template_id desc limit @limit", new { before, limit }, ct);

    /// <summary>A revision by its number, or null.</summary>
    public Task<QuoteTemplateRow?> FindAsync(string number, CancellationToken ct) => db.FindAsync<QuoteTemplateRow>($"{Row} {From} where t.number = @number", new { number }, ct);

    /// <summary>What counts for quotes of a partner: the brand's and the partner's own.</summary>
    public Task<List<QuoteTemplateRow>> ActiveAsync(long partnerId, CancellationToken ct) =>
        db.ListAsync<QuoteTemplateRow>($"{Row} {From} where t.is_active and (t.of_brand or t.partner_id = @partnerId)", new { partnerId }, ct);

    /// <summary>When which revision counted, the newest first.</summary>
    public Task<List<QuoteTemplateTurn>> TurnsAsync(long partnerId, CancellationToken ct) => db.ListAsync<QuoteTemplateTurn>("""
        select t.number, t.revision, t.note, p.name as person, w.happened_at
        from quote_template_turn w left join quote_template t using (quote_template_id) left join person p on p.person_id = w.person_id
        where w.partner_id = @partnerId order by w.quote_template_turn_id desc limit 100
        """, new { partnerId }, ct);

    /// <summary>Writes a new revision of an owner, the next in number; who does it at the same moment waits.</summary>
    public async Task<int> InsertAsync(string number, long partnerId, bool ofBrand, QuoteTemplateDraft draft, CancellationToken ct)
    {
        await HoldAsync(partnerId, ct);
        return await db.OneAsync<int>("""
            insert into quote_template (number, partner_id, of_brand, revision, note, design, source_sha256, open_parts, created_by, created_at)
            select @number, @partnerId, @ofBrand, coalesce(max(revision), 0) + 1, @Note, @design::jsonb, decode(@source, 'hex'), @open, app_person_id(), @Now from quote_template where partner_id = @partnerId
            returning revision
            """, new { number, partnerId, ofBrand, draft.Note, design = draft.Design.Write(), source = draft.Source, open = draft.Open.ToArray(), Now }, ct);
    }

    /// <summary>Lets one revision count, or none; what counted before no longer does.</summary>
    public Task TurnAsync(long partnerId, long? quoteTemplateId, CancellationToken ct) => db.ExecuteAsync("""
        update quote_template set is_active = false where partner_id = @partnerId and is_active and quote_template_id is distinct from @quoteTemplateId;
        update quote_template set is_active = true where partner_id = @partnerId and quote_template_id = @quoteTemplateId and not is_active;
        insert into quote_template_turn (partner_id, quote_template_id, person_id, happened_at) values (@partnerId, @quoteTemplateId, app_person_id(), @Now)
        """, new { partnerId, quoteTemplateId, Now }, ct);

    /// <summary>Takes an owner's templates to turn one of them: rivals come one after the other.</summary>
    public Task HoldAsync(long partnerId, CancellationToken ct) => db.ExecuteAsync("select pg_advisory_xact_lock(hashtext('quote_template'), @partnerId::int)", new { partnerId }, ct);

    /// <summary>Keeps a logo or a source; the same bytes are kept once.</summary>
    public Task KeepFileAsync(long partnerId, bool ofBrand, string kind, byte[] content, CancellationToken ct) => db.ExecuteAsync("""
        insert into quote_template_file (partner_id, of_brand, sha256, kind, content, kept_at) values (@partnerId, @ofBrand, sha256(@content), @kind, @content, @Now) on conflict do nothing
        """, new { partnerId, ofBrand, kind, content, Now }, ct);

    /// <summary>A drawn logo in pixels, where that has been made.</summary>
    public Task<byte[]?> LogoPictureAsync(string sha256, CancellationToken ct) => db.FindAsync<byte[]>("select quote_logo_picture_of(decode(@sha256, 'hex'))", new { sha256 }, ct);

    /// <summary>Keeps a drawn logo in pixels; where somebody was faster, theirs stays. Answers what is kept.</summary>
    public Task<byte[]?> KeepLogoPictureAsync(string sha256, byte[] picture, CancellationToken ct) => db.FindAsync<byte[]>("select quote_keep_logo_picture(decode(@sha256, 'hex'), @picture, @Now)", new { sha256, picture, Now }, ct);

    /// <summary>True where the person at work may see the file of that hash.</summary>
    public Task<bool> HasFileAsync(string sha256, CancellationToken ct) => db.OneAsync<bool>("select exists (select from quote_template_file where sha256 = decode(@sha256, 'hex'))", new { sha256 }, ct);

    /// <summary>The files that a look names, by their hash.</summary>
    public async Task<IReadOnlyDictionary<string, LookFile>> FilesAsync(IReadOnlyList<string> hashes, CancellationToken ct) => hashes.Count == 0
        ? new Dictionary<string, LookFile>(StringComparer.Ordinal)
        : (await db.ListAsync<LookFile>("select sha256, kind, content from quote_look_files(@hashes)", new { hashes = hashes.Select(Convert.FromHexString).ToArray() }, ct)).ToDictionary(file => file.Sha256, StringComparer.Ordinal);
}

/// <summary>A logo or a source.</summary>
public sealed record LookFile(string Sha256, string Kind, byte[] Content);

/// <summary>When a revision began to count; without a number none of the owner's own did any more.</summary>
public sealed record QuoteTemplateTurn(string? Number, int? Revision, string? Note, string? Person, DateTime HappenedAt);

/// <summary>A revision to be written.</summary>
/// <param name="Note">What it is, in the owner's words.</param>
/// <param name="Design">The parts it gives.</param>
/// <param name="Source">The SHA-256 of an expert's source.</param>
/// <param name="Open">The parts that partners may have of their own.</param>
public sealed record QuoteTemplateDraft(string? Note, QuoteDesign Design, string? Source, IReadOnlyList<string> Open);

/// <summary>A revision of a template.</summary>
public sealed record QuoteTemplateRow
{
    /// <summary>The key.</summary>
    public long QuoteTemplateId { get; init; }

    /// <summary>Its public number.</summary>
    public string Number { get; init; } = "";

    /// <summary>Which one of its owner's.</summary>
    public int Revision { get; init; }

    /// <summary>What it is, in the owner's words.</summary>
    public string? Note { get; init; }

    /// <summary>It counts.</summary>
    public bool IsActive { get; init; }

    /// <summary>The brand's.</summary>
    public bool OfBrand { get; init; }

    /// <summary>Whose.</summary>
    public string Owner { get; init; } = "";

    /// <summary>The same in Latin letters.</summary>
    public string? OwnerLatin { get; init; }

    /// <summary>The owner's key.</summary>
    public long PartnerId { get; init; }

    /// <summary>Who made it.</summary>
    public string? MadeBy { get; init; }

    /// <summary>When, UTC.</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>The design as it is kept.</summary>
    public string Design { get; init; } = "{}";

    /// <summary>The SHA-256 of an expert's source.</summary>
    public string? Source { get; init; }

    /// <summary>The parts that partners may have of their own.</summary>
    public string[] OpenParts { get; init; } = [];

    /// <summary>When it last began to count, UTC.</summary>
    public DateTime? ActivatedAt { get; init; }

    /// <summary>The parts it gives.</summary>
    public QuoteDesign Parts => QuoteDesign.Read(Design);
}
