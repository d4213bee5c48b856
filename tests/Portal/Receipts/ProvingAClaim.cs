using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Database;
using Platform.Jobs;
using Portal.Deals;
using Portal.Receipts;
using Portal.Tests.Deals;
using Portal.Tests.Documents;
using Support;

namespace Portal.Tests.Receipts;

public sealed class ProvingAClaim(ClaimingPartners portal) : IClassFixture<ClaimingPartners>
{
    [Fact]
    public async Task An_approval_yields_a_signed_receipt_in_its_own_transaction()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("凭证一号有限公司", creditCode: "91310115324560147J", domain: "pingzheng-1.example", lines: ["DISPLAYS", "DESKS"]));

        var receipt = Assert.Single(await OfDealAsync(number));
        var content = await GenuineAsync(receipt.Jws);
        Assert.Equal(("https://portal.test", receipt.Number, number, 1, "approval"), (content.Issuer, content.Number, content.Deal, content.Sequence, content.Why));
        Assert.Equal((portal.Huaxin.Partner.Number, "上海华信"), (content.Partner.Number, content.Partner.Name));
        Assert.Equal(("凭证一号有限公司", "91310115324560147J", "pingzheng-1.example"), (content.Customer.Name, content.Customer.CreditCode, content.Customer.Domain));
        Assert.Equal(["DESKS", "DISPLAYS"], content.ProductLines.Select(line => line.Code));
        Assert.Equal(("CN-EAST", portal.Clock.Today.AddDays(90), 90), (content.Territory.Code, content.LastProtectedDay, content.Policy.ProtectionDays));
        var head = (await portal.Database.ListAsync<(long Entry, string Hash, long Acts)>("""
            select max(audit_entry_id), (array_agg(encode(hash, 'hex') order by audit_entry_id desc))[1], count(*) from portal.audit_entry where subject_number = @number
            """, new { number })).Single();
        Assert.Equal(head, (content.Audit.Entry, content.Audit.Hash, content.Audit.Acts));
        Assert.Empty(await portal.Database.ListAsync<long>("select deal_id from portal.receipt_due join portal.deal using (deal_id) where number = @number", new { number }));
    }

    [Fact]
    public async Task What_undoes_the_approval_undoes_the_receipt()
    {
        var first = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("同抢客户有限公司", lines: ["PLANS"]));
        var second = await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("同抢客户有限公司", lines: ["PLANS"]));
        Assert.IsType<DealOutcome.Done>(await portal.ApproveAsync(first));
        var before = await CountAsync();

        Assert.IsType<DealOutcome.Refused>(await portal.ApproveAsync(second));

        Assert.Equal(before, await CountAsync());
    }

    [Fact]
    public async Task An_extension_yields_another_receipt_that_supersedes_the_first()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("凭证延期有限公司"));
        await portal.AsAsync<ExtendProtection, DealOutcome>(portal.Huaxin, extend => extend.RequestAsync(number, null, 20, "The tender moved", CancellationToken.None));
        Assert.IsType<DealOutcome.Done>(await portal.AsAsync<ExtendProtection, DealOutcome>(portal.DealDesk, extend => extend.GrantAsync(number, null, CancellationToken.None)));

        var receipts = await OfDealAsync(number);
        var newest = await GenuineAsync(receipts[0].Jws);
        Assert.Equal((2, "extension", portal.Clock.Today.AddDays(110)), (newest.Sequence, newest.Why, newest.LastProtectedDay));
        Assert.Equal(new SupersededReceipt(receipts[1].Number, receipts[1].Sha256), newest.Supersedes);
        Assert.Equal([true, false], receipts.Select(receipt => receipt.IsNewest));
    }

    [Fact]
    public async Task A_claim_that_another_way_protected_or_moved_gets_its_receipt_from_the_job()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("另途保护有限公司"));
        await portal.Database.ExecuteAsync("""
            select portal.enter_as_system('test');
            update portal.deal_claim c set protection = tstzrange(lower(protection), upper(protection) + interval '5 days') from portal.deal d where d.deal_id = c.deal_id and d.number = @number;
            """, new { number });
        await portal.Database.ExecuteAsync("update portal.deal_claim c set partner_id = @to from portal.deal d where d.deal_id = c.deal_id and d.number = @number", new { number, to = portal.Yuanjian.Partner.PartnerId });

        await RunAsync("issue-receipts");
        await RunAsync("issue-receipts");

        var receipts = await OfDealAsync(number);
        Assert.Equal(["transfer", "approval"], receipts.Select(receipt => receipt.Why));
        Assert.Equal(portal.Yuanjian.Partner.Number, (await GenuineAsync(receipts[0].Jws)).Partner.Number);
    }

    [Fact]
    public async Task A_claim_that_loses_a_line_gets_a_receipt_of_those_that_are_left_and_one_that_ends_gets_none()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("失去一线有限公司", lines: ["DISPLAYS", "DESKS"]));
        portal.Clock.Advance(TimeSpan.FromHours(1));
        await portal.Database.ExecuteAsync("""
            update portal.deal_claim c set protection = tstzrange(lower(protection), @now) from portal.deal d, portal.product_line l
            where d.deal_id = c.deal_id and d.number = @number and l.product_line_id = c.product_line_id and l.code = 'DESKS'
            """, new { number, now = portal.Clock.GetUtcNow() });

        await RunAsync("issue-receipts");

        var newest = (await OfDealAsync(number))[0];
        Assert.Equal(["DISPLAYS"], (await GenuineAsync(newest.Jws)).ProductLines.Select(line => line.Code));
        await portal.AsAsync<PursueDeal, DealOutcome>(portal.Huaxin, pursue => pursue.WithdrawAsync(number, null, "No project", CancellationToken.None));
        await RunAsync("issue-receipts");
        Assert.Equal(newest.Number, (await OfDealAsync(number))[0].Number);
    }

    [Fact]
    public async Task The_database_lets_no_receipt_say_what_is_not_so_and_none_be_changed()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("不可伪造有限公司"));
        await using var db = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, portal.Huaxin.Subject));

        var longer = await Assert.ThrowsAsync<PostgresException>(() => db.ExecuteAsync("""
            insert into claim_receipt (number, deal_id, partner_id, sequence, why, protection, kid, jws, sha256, audit_entry_id, audit_hash, issued_at)
            select 'CR-X', deal_id, partner_id, 2, 'extension', tstzrange(lower(protection), 'infinity'), kid, 'x', sha256('x'), audit_entry_id, audit_hash, issued_at from claim_receipt join deal using (deal_id, partner_id) where deal.number = @number
            """, new { number }, CancellationToken.None));
        var changed = await Assert.ThrowsAsync<PostgresException>(() => portal.Database.ExecuteAsync("update portal.claim_receipt set jws = 'x', sha256 = sha256('x')"));

        Assert.Equal("a_receipt_is_of_a_claim", longer.ConstraintName);
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, changed.SqlState);
        Assert.Empty(await db.ListAsync<string>("select kid from receipt_key", null, CancellationToken.None));
    }

    [Fact]
    public async Task The_deal_page_offers_it_and_its_files_are_those_of_the_two_sides_only()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("凭证下载有限公司"));
        var receipt = (await OfDealAsync(number))[0];

        Assert.Contains(receipt.Number, (await portal.SignIn(portal.Huaxin).GetAsync($"/deals/{number}")).Words);
        foreach (var person in new[] { portal.Huaxin, portal.DealDesk })
        {
            var file = await portal.SignIn(person).GetAsync($"/deals/{number}/receipts/{receipt.Number}/jws");
            Assert.Equal(receipt.Jws, Encoding.ASCII.GetString(file.Bytes));
        }

        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(portal.Yuanjian).GetAsync($"/deals/{number}/receipts/{receipt.Number}/jws")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Yuanjian).GetAsync($"/api/v1/deals/{number}/receipts/{receipt.Number}")).Status);
        var answer = (await portal.Api(portal.Huaxin).GetAsync($"/api/v1/deals/{number}/receipts")).Json[0];
        Assert.Equal((receipt.Jws, true), (answer.GetProperty("jws").GetString(), answer.GetProperty("isNewest").GetBoolean()));
    }

    [FactWithProgram("pdftotext")]
    public async Task The_PDF_is_sound_tagged_and_carries_the_signed_text_and_the_same_bytes_come_again()
    {
        var number = await portal.ApprovedAsync(portal.Huaxin, portal.Deal("纸质凭证有限公司", creditCode: "91440300708461136T"));
        var receipt = (await OfDealAsync(number))[0];
        var visitor = portal.SignIn(portal.Huaxin);

        var english = (await visitor.GetAsync($"/deals/{number}/receipts/{receipt.Number}/pdf?language=en")).Bytes;
        var chinese = (await visitor.GetAsync($"/deals/{number}/receipts/{receipt.Number}/pdf?language=zh-CN")).Bytes;
        var again = (await portal.SignIn(portal.DealDesk).GetAsync($"/deals/{number}/receipts/{receipt.Number}/pdf?language=en")).Bytes;

        Assert.Equal(english, again);
        Assert.Equal([Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(english))],
            await portal.Database.ListAsync<string>("select encode(f.sha256, 'hex') from portal.receipt_file f join portal.claim_receipt r using (claim_receipt_id) where r.number = @Number and language = 'en'", new { receipt.Number }));
        foreach (var (bytes, words) in new[] { (english, new[] { "Receipt", "纸质凭证有限公司", "91440300708461136T", "Last protected day", receipt.Number }), (chinese, ["报备凭证", "纸质凭证有限公司", "保护截止日"]) })
        {
            using var file = new TemporaryFile(bytes);
            Assert.Contains("No syntax or stream encoding errors found", await Programs.RunAsync("qpdf", "--check", file.Path));
            Assert.Matches(@"Tagged:\s+yes", await Programs.RunAsync("pdfinfo", file.Path));
            var text = await Programs.RunAsync("pdftotext", "-layout", file.Path, "-");
            Assert.All(words, word => Assert.Contains(word, text));
            Assert.Equal(receipt.Jws, ReceiptText.Find(bytes));
        }
    }

    Task<List<Receipt>> OfDealAsync(string number) =>
        portal.AsAsync<ReceiptStore, List<Receipt>>(portal.DealDesk, receipts => receipts.OfDealAsync(number, CancellationToken.None));

    async Task<ReceiptContent> GenuineAsync(string jws) =>
        Assert.IsType<ReceiptReading.Genuine>(ReceiptSignature.Read(jws, await portal.Services.GetRequiredService<ReceiptKeys>().PublishedAsync(CancellationToken.None))).Content;

    async Task<long> CountAsync() => (await portal.Database.ListAsync<long>("select count(*) from portal.claim_receipt")).Single();

    Task RunAsync(string job) => portal.Services.GetRequiredService<JobRunner>().RunAsync(job, CancellationToken.None);
}

/// <summary>Bytes as a file, for programs that read one.</summary>
public sealed class TemporaryFile : IDisposable
{
    public TemporaryFile(byte[] content) => File.WriteAllBytes(Path, content);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), System.IO.Path.GetRandomFileName());

    public void Dispose() => File.Delete(Path);
}
