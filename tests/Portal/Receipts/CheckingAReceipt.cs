using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;
using Platform.Database;
using Platform.Jobs;
using Portal.Deals;
using Portal.Receipts;
using Portal.Tests.Deals;
using Portal.Verify;
using Support;

namespace Portal.Tests.Receipts;

public sealed class CheckingAReceipt(ClaimingPartners portal) : IClassFixture<ClaimingPartners>
{
    [Fact]
    public async Task Anybody_checks_a_receipt_without_an_account_and_learns_what_it_proves()
    {
        var receipt = await ReceiptAsync("公开核验有限公司");
        var stranger = portal.Anonymous();

        var page = await stranger.SubmitAsync("/claim-receipts", ("text", receipt.Jws));

        Assert.Contains("This receipt is genuine.", page.Words);
        Assert.Contains("公开核验有限公司", page.Words);
        Assert.Contains("the protection is in force", page.Words);
    }

    [Fact]
    public async Task The_address_on_the_paper_opens_it_and_a_number_alone_opens_nothing()
    {
        var receipt = await ReceiptAsync("扫码核验有限公司");
        var stranger = portal.Anonymous();
        var address = ReceiptFiles.AddressOf("", receipt.Number, receipt.Jws);

        Assert.Contains("扫码核验有限公司", (await stranger.GetAsync(address)).Words);
        foreach (var guess in new[] { $"/claim-receipts/{receipt.Number}/x", $"/claim-receipts/{receipt.Number}/{new string('A', 43)}", address.Replace(receipt.Number, "CR-0000-0000-0000", StringComparison.Ordinal) })
        {
            var page = await stranger.GetAsync(guess);
            Assert.Equal(HttpStatusCode.NotFound, page.Status);
            Assert.DoesNotContain("扫码核验有限公司", page.Words);
        }
    }

    [Fact]
    public async Task A_superseded_one_and_one_that_is_over_are_told_from_the_one_that_holds()
    {
        var receipt = await ReceiptAsync("先后凭证有限公司");
        await portal.AsAsync<ExtendProtection, DealOutcome>(portal.Huaxin, extend => extend.RequestAsync(receipt.DealNumber, null, 20, "The tender moved", CancellationToken.None));
        await portal.AsAsync<ExtendProtection, DealOutcome>(portal.DealDesk, extend => extend.GrantAsync(receipt.DealNumber, null, CancellationToken.None));
        var newer = (await portal.AsAsync<ReceiptStore, List<Receipt>>(portal.DealDesk, receipts => receipts.OfDealAsync(receipt.DealNumber, CancellationToken.None)))[0];
        var stranger = portal.Anonymous();

        Assert.Contains("this one counts no more", (await stranger.SubmitAsync("/claim-receipts", ("text", receipt.Jws))).Words);
        portal.Clock.Advance(TimeSpan.FromHours(1));
        await portal.AsAsync<PursueDeal, DealOutcome>(portal.Huaxin, pursue => pursue.WithdrawAsync(receipt.DealNumber, null, "No project", CancellationToken.None));
        Assert.Contains("the protection is not in force any more", (await stranger.SubmitAsync("/claim-receipts", ("text", newer.Jws))).Words);
    }

    [Fact]
    public async Task What_is_no_receipt_is_refused_in_words_and_nothing_handed_in_is_asked_for()
    {
        var receipt = await ReceiptAsync("改动凭证有限公司");
        var stranger = portal.Anonymous();
        var parts = receipt.Jws.Split('.');

        Assert.Contains("the text was altered", (await stranger.SubmitAsync("/claim-receipts", ("text", $"{parts[0]}.{parts[1][..^2]}AA.{parts[2]}"))).Words);
        Assert.Contains("no signed text of a receipt", (await stranger.SubmitAsync("/claim-receipts", ("text", "<script>alert(1)</script>"))).Words);
        Assert.Contains("Paste the signed text or choose a file.", (await stranger.SubmitAsync("/claim-receipts", ("text", " "))).Words);
    }

    [Fact]
    public async Task The_keys_are_published_and_stay_after_a_rotation_and_a_revoked_one_goes()
    {
        var before = await ReceiptAsync("密钥轮换有限公司");
        var keys = portal.Services.GetRequiredService<ReceiptKeys>();

        var kid = await keys.RotateNowAsync(CancellationToken.None);
        var after = await ReceiptAsync("轮换之后有限公司");
        var set = (await portal.Anonymous().GetAsync("/.well-known/claim-receipts/jwks.json")).Body;

        Assert.Equal(kid, after.Kid);
        Assert.NotEqual(before.Kid, after.Kid);
        Assert.DoesNotContain("\"d\"", set);
        Assert.All(new[] { before, after }, receipt => Assert.IsType<ReceiptReading.Genuine>(ReceiptSignature.Read(receipt.Jws, ReceiptKeySet.Read(set))));
        await RunAsync("rotate-receipt-keys");
        Assert.Empty(await portal.Database.ListAsync<string>("select protected_key from portal.receipt_key where kid = @Kid and protected_key is not null", new { before.Kid }));

        Assert.True(await keys.RevokeAsync(before.Kid, "Lost", CancellationToken.None));
        await RunAsync("issue-receipts");
        Assert.Equal(ReceiptFlaw.UnknownKey, Assert.IsType<ReceiptReading.Refused>(ReceiptSignature.Read(before.Jws, await keys.PublishedAsync(CancellationToken.None))).Flaw);
        var renewed = await portal.AsAsync<ReceiptStore, List<Receipt>>(portal.DealDesk, receipts => receipts.OfDealAsync(before.DealNumber, CancellationToken.None));
        Assert.Equal((2, "change", kid), (renewed[0].Sequence, renewed[0].Why, renewed[0].Kid));
        Assert.Empty(await FindingsAsync("receipts"));
    }

    [Fact]
    public async Task A_key_that_a_superuser_puts_in_is_not_believed()
    {
        await ReceiptAsync("外来密钥有限公司");
        using var pair = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var point = pair.ExportParameters(false).Q;
        var foreign = ReceiptKey.Of(point.X!, point.Y!);
        await portal.Database.ExecuteAsync("""
            insert into portal.receipt_key (kid, public_jwk, attested, created_at, signs_from) select @Kid, @jwk::jsonb, attested, created_at, signs_from from portal.receipt_key limit 1
            """, new { foreign.Kid, jwk = foreign.Jwk() });
        var keys = portal.Services.GetRequiredService<ReceiptKeys>();
        keys.Receive(null);

        Assert.Null((await keys.PublishedAsync(CancellationToken.None)).Find(foreign.Kid));
        await portal.Database.ExecuteAsync("delete from portal.receipt_key where kid = @Kid", new { foreign.Kid });
    }

    async Task<Receipt> ReceiptAsync(string customer)
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal(customer));
        return (await portal.AsAsync<ReceiptStore, List<Receipt>>(portal.DealDesk, receipts => receipts.OfDealAsync(number, CancellationToken.None)))[0];
    }

    Task RunAsync(string job) => portal.Services.GetRequiredService<JobRunner>().RunAsync(job, CancellationToken.None);

    Task<IReadOnlyList<string>> FindingsAsync(string check) => portal.InScopeAsync(Caller.System("test"), async services =>
        (await services.GetServices<ICheck>().Single(one => one.Name == check).RunAsync(CancellationToken.None)).Findings);
}

/// <summary>A superuser has every right over the audit and the seals, even their key; what was signed and given out contradicts it.</summary>
public sealed class TamperingAsSuperuser : IAsyncLifetime
{
    readonly ClaimingPartners portal = new();
    string number = "";

    public async Task InitializeAsync()
    {
        await portal.InitializeAsync();
        await portal.ApprovedAsync(portal.Huaxin, portal.Deal("前一客户有限公司"));
        await RunAsync("seal-audit");
        number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("审计客户有限公司"));
        await RunAsync("seal-audit");
    }

    public Task DisposeAsync() => portal.DisposeAsync();

    [Fact]
    public async Task Untouched_nothing_contradicts()
    {
        Assert.Empty(await FindingsAsync("audit"));
        Assert.Empty(await FindingsAsync("receipts"));
    }

    [Theory]
    [InlineData("edit", "update audit_entry set actor = 'U-0' where subject_number = @number and action = 'deal.submitted'", "was edited")]
    [InlineData("delete in the middle", "delete from audit_entry where subject_number = @number and action = 'deal.submitted'", "of these")]
    [InlineData("delete the tail", "delete from audit_entry where subject_number = @number and action = 'deal.approved'", "it was taken out")]
    [InlineData("insert", "insert into audit_entry (happened_at, actor, action, subject_kind, subject_number, previous_hash, hash) select now(), 'U-0', 'deal.viewed', 'deal', @number, (select hash from audit_entry where subject_number = @number order by audit_entry_id desc limit 1), '\\x00'", "was edited")]
    [InlineData("swap", """
        update audit_entry e set details = o.details, action = o.action from audit_entry o
        where e.subject_number = @number and o.subject_number = @number and e.action in ('deal.entered', 'deal.submitted') and o.action in ('deal.entered', 'deal.submitted') and e.action <> o.action
        """, "was edited")]
    public async Task Each_way_of_tampering_is_found(string way, string sql, string sentence)
    {
        await AsSuperuserAsync(sql);

        Assert.True((await FindingsAsync("audit")).Any(finding => finding.Contains(sentence, StringComparison.Ordinal)), way);
    }

    [Fact]
    public async Task A_chain_that_was_computed_anew_is_found_even_when_the_seals_are_made_anew_with_their_own_key()
    {
        await RewriteAsync();
        await ResealAsync();

        var findings = await FindingsAsync("audit");

        Assert.Contains(findings, finding => finding.Contains($"on deal {number} had another hash: its chain was computed anew.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_tail_that_was_cut_off_with_its_seals_is_found_even_when_the_note_outside_is_changed_too()
    {
        await AsSuperuserAsync("delete from audit_entry where subject_number = @number and action = 'deal.approved'");
        await ResealAsync();

        Assert.Contains(await FindingsAsync("audit"), finding => finding.Contains("was there: it was taken out.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Receipts_that_are_taken_out_as_well_are_missed()
    {
        await AsSuperuserAsync("delete from claim_receipt r using deal d where d.deal_id = r.deal_id and d.number = @number");

        Assert.Contains($"Deal {number} is protected and has no receipt that says so.", await FindingsAsync("receipts"));
    }

    [Fact]
    public async Task A_receipt_kept_elsewhere_testifies_after_all_else_was_rewritten()
    {
        var receipt = (await portal.AsAsync<ReceiptStore, List<Receipt>>(portal.DealDesk, receipts => receipts.OfDealAsync(number, CancellationToken.None)))[0];
        await AsSuperuserAsync("delete from claim_receipt");
        await RewriteAsync();
        await ResealAsync();
        using var folder = new TemporaryFolder();
        var file = folder.Write("kept.jws", receipt.Jws);
        await using var output = new StringWriter();

        var code = await portal.InScopeAsync(Caller.System("test"), services =>
            services.GetServices<Portal.Web.IVerb>().Single(verb => verb.Name == "receipt").RunAsync(["witness", file], output, CancellationToken.None));

        Assert.Equal(1, code);
        Assert.Contains("its chain was computed anew", output.ToString());
    }

    [Fact]
    public async Task A_receipt_whose_text_was_exchanged_is_found()
    {
        await AsSuperuserAsync("update claim_receipt r set jws = o.jws, sha256 = o.sha256 from claim_receipt o, deal d where d.deal_id = r.deal_id and d.number = @number and o.claim_receipt_id < r.claim_receipt_id");

        Assert.Contains(await FindingsAsync("receipts"), finding => finding.EndsWith("says otherwise than its row.", StringComparison.Ordinal));
    }

    // The whole chain of the deal, each act with the hash that now belongs to it.
    async Task RewriteAsync()
    {
        await AsSuperuserAsync("update audit_entry set actor = 'U-0' where subject_number = @number and action = 'deal.entered'");
        foreach (var id in await portal.Database.ListAsync<long>("select audit_entry_id from audit_entry where subject_number = @number order by audit_entry_id", new { number }))
        {
            await AsSuperuserAsync("""
                update audit_entry e set previous_hash = (select b.hash from audit_entry b where b.subject_kind = e.subject_kind and b.subject_number = e.subject_number and b.audit_entry_id < e.audit_entry_id order by b.audit_entry_id desc limit 1)
                where e.audit_entry_id = @id;
                update audit_entry e set hash = audit_hash(e.previous_hash, e) where e.audit_entry_id = @id;
                """, new { id });
        }
    }

    // Whoever also has the key file makes all seals anew; the product itself does it here.
    async Task ResealAsync()
    {
        await AsSuperuserAsync("delete from audit_seal; insert into audit_unsealed select audit_entry_id from audit_entry on conflict do nothing");
        await RunAsync("seal-audit");
        await RunAsync("seal-audit");
    }

    Task RunAsync(string job) => portal.Services.GetRequiredService<JobRunner>().RunAsync(job, CancellationToken.None);

    Task<IReadOnlyList<string>> FindingsAsync(string check) => portal.InScopeAsync(Caller.System("test"), async services =>
        (await services.GetServices<ICheck>().Single(one => one.Name == check).RunAsync(CancellationToken.None)).Findings);

    Task AsSuperuserAsync(string sql, object? args = null) => portal.Database.ExecuteAsync("set session_replication_role = replica;" + sql, args ?? new { number });
}
