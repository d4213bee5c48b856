using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Database;
using Portal.Attachments;
using Portal.Deals;
using Portal.Tests.Deals;
using Portal.Tests.Disputes;
using Support;

namespace Portal.Tests.Attachments;

public sealed class AttachingFiles(ClaimingPartners portal) : IClassFixture<ClaimingPartners>
{
    static readonly byte[] Pdf = Encoding.ASCII.GetBytes("%PDF-1.7\n" + new string('x', 2_500_000));

    [Fact]
    public async Task A_partner_adds_files_on_the_page_and_the_brand_gets_them_back_byte_for_byte()
    {
        var deal = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("附件往返有限公司"));
        var partner = portal.SignIn(portal.Huaxin);

        var page = await partner.SubmitAsync($"/deals/{deal}", ("files", new TestFile("..\\会议 纪要.pdf", Pdf, "text/html")));
        var desk = portal.SignIn(portal.DealDesk);
        var seen = await desk.GetAsync($"/deals/{deal}");
        var file = await desk.GetAsync(seen.Document.QuerySelector("a[href^='/attachments/']")!.GetAttribute("href")!);

        Assert.Contains("1 file added.", page.Words);
        Assert.Contains("会议 纪要.pdf", seen.Words);
        Assert.Contains("SHA-256 " + Convert.ToHexStringLower(SHA256.HashData(Pdf))[..12], seen.Words);
        Assert.Equal(Pdf, file.Bytes);
        Assert.Equal("application/pdf", file.Header("Content-Type"));
        Assert.StartsWith("attachment; filename=", file.Header("Content-Disposition"), StringComparison.Ordinal);
        Assert.Contains("filename*=UTF-8''%E4%BC%9A%E8%AE%AE%20%E7%BA%AA%E8%A6%81.pdf", file.Header("Content-Disposition"));
        Assert.Equal("nosniff", file.Header("X-Content-Type-Options"));
        Assert.Contains((await desk.GetAsync("/notifications")).All(".notification-open"), told => told == $"New files on {deal} for 附件往返有限公司");
    }

    [Fact]
    public async Task What_is_refused_is_said_for_each_file_and_nothing_is_added()
    {
        var deal = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("附件被拒有限公司"));
        var partner = portal.SignIn(portal.Huaxin);

        var page = await partner.SubmitAsync($"/deals/{deal}", ("files", new TestFile("good.pdf", Pdf)), ("files", new TestFile("page.pdf", "<html>"u8.ToArray())), ("files", new TestFile("tool.png", "MZ"u8.ToArray())));
        var large = await AddAsync(portal.Huaxin, deal, null, new SentFile("large.txt", new byte[20 * 1024 * 1024 + 1]));

        Assert.Contains("page.pdf is a web page, a drawing (SVG) or XML. Save it as PDF.", page.Words);
        Assert.Contains("tool.png is or carries a program.", page.Words);
        Assert.Equal("attachments.refused.too_large", Assert.IsType<AttachmentOutcome.Invalid>(large).Problems.Single().TextKey);
        Assert.Equal([0L], await portal.Database.ListAsync<long>("select count(*) from portal.attachment a join portal.deal d using (deal_id) where d.number = @deal", new { deal }));
    }

    [Fact]
    public async Task What_was_in_order_is_kept_where_others_are_refused_and_goes_with_the_next_sending()
    {
        var deal = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("附件保留有限公司"));
        var desk = portal.SignIn(portal.DealDesk);

        var refused = await desk.SubmitAsync($"/deals/{deal}", ("stream", "brand"), ("files", new TestFile("good.pdf", Pdf)), ("files", new TestFile("tool.png", "MZ"u8.ToArray())));

        Assert.Contains("In order, and kept for you until you send the form again: good.pdf.", refused.Words);
        Assert.Equal("brand", refused.Document.QuerySelector("select[name=stream] option[selected]")!.GetAttribute("value"));
        Assert.False(refused.Has("input[type=file][required]"));
        Assert.DoesNotContain("good.pdf", (await portal.SignIn(await portal.Given.SomebodyOfTheBrand("deal_desk")).GetAsync($"/deals/{deal}")).Words);
        Assert.Equal(0, (await portal.Api(portal.DealDesk).GetAsync($"/api/v1/deals/{deal}/attachments")).Json.GetArrayLength());

        // Hours later the choice is still there; nobody shows a partner by accident what was meant for the brand.
        var later = await portal.SignIn(portal.DealDesk).GetAsync($"/deals/{deal}");
        Assert.Equal("brand", later.Document.QuerySelector("select[name=stream] option[selected]")!.GetAttribute("value"));
        var added = await desk.SubmitAsync($"/deals/{deal}", ("stream", "brand"), ("files", new TestFile("more.txt", "more"u8.ToArray())));

        Assert.Contains("2 files added.", added.Words);
        var listed = (await portal.Api(portal.DealDesk).GetAsync($"/api/v1/deals/{deal}/attachments")).Json;
        Assert.Equal(["good.pdf brand", "more.txt brand"], listed.EnumerateArray().Select(file => file.GetProperty("name").GetString() + " " + file.GetProperty("stream").GetString()));
        Assert.Equal(Pdf, (await desk.GetAsync($"/attachments/{listed[0].GetProperty("number").GetString()}")).Bytes);
        Assert.Equal([0L], await KeptAsync());
    }

    [Fact]
    public async Task What_is_kept_can_be_dropped_is_forgotten_after_a_day_and_has_its_limits()
    {
        var deal = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("附件遗忘有限公司"));
        var partner = portal.SignIn(portal.Huaxin);
        var bad = new SentFile("tool.png", "MZ"u8.ToArray());
        var kept = Assert.IsType<AttachmentOutcome.Invalid>(await SendAsync(portal.Huaxin, deal, new SentFile("a.txt", "a"u8.ToArray()), new SentFile("b.txt", "b"u8.ToArray()), bad));
        Assert.Equal(["a.txt", "b.txt"], kept.Kept);

        var page = await partner.GetAsync($"/deals/{deal}");
        var drop = page.Document.QuerySelector("form[action^='/attachments/kept/']")!.GetAttribute("action")!;
        Assert.Null(await portal.AsAsync<KeptFiles, string?>(portal.Yuanjian, files => files.DropAsync(drop.Split('/')[3], CancellationToken.None)));
        page = await partner.PressAsync(page, "form[action^='/attachments/kept/'] button");
        Assert.DoesNotContain("a.txt", page.Words);
        Assert.Contains("b.txt", page.Words);

        Assert.Empty(Assert.IsType<AttachmentOutcome.Invalid>(await SendAsync(portal.Huaxin, deal, [.. Enumerable.Range(0, 50).Select(at => new SentFile($"{at}.txt", "x"u8.ToArray())), bad])).Kept);
        portal.Clock.Advance(TimeSpan.FromHours(25));
        Assert.DoesNotContain("b.txt", (await portal.SignIn(portal.Huaxin).GetAsync($"/deals/{deal}")).Words);
        Assert.Equal([1L], await KeptAsync());
        await portal.InScopeAsync(Caller.System("test"), services => services.GetRequiredService<KeptFiles>().ForgetAsync(default));
        Assert.Equal([0L], await KeptAsync());
        Assert.Equal("attachments.refused.none", Assert.Single(Assert.IsType<AttachmentOutcome.Invalid>(await SendAsync(portal.Huaxin, deal)).Problems).TextKey);
    }

    [Fact]
    public async Task What_is_kept_goes_along_once_also_with_forms_sent_at_the_same_moment()
    {
        var deal = await portal.SubmittedAsync(portal.Yuanjian, portal.Deal("附件并发有限公司"));
        await SendAsync(portal.Yuanjian, deal, new SentFile("good.pdf", Pdf), new SentFile("tool.png", "MZ"u8.ToArray()));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(at => Task.Run(() => SendAsync(portal.Yuanjian, deal, new SentFile($"{at}.txt", "x"u8.ToArray())))));

        Assert.Equal([1, 1, 1, 2], outcomes.Select(outcome => Assert.IsType<AttachmentOutcome.Done>(outcome).Numbers.Count).Order());
        Assert.Equal([Pdf.LongLength], await portal.Database.ListAsync<long>("select sum(octet_length(p.content)) from portal.attachment a join portal.attachment_part p using (attachment_id) join portal.deal d using (deal_id) where d.number = @deal and a.name = 'good.pdf' group by a.attachment_id", new { deal }));
    }

    Task<List<long>> KeptAsync() => portal.Database.ListAsync<long>("select count(*) from portal.kept_file");

    Task<AttachmentOutcome> SendAsync(TestPerson person, string deal, params SentFile[] files) =>
        portal.AsAsync<AttachFiles, AttachmentOutcome>(person, attach => attach.ToDealAsync(deal, null, files, CancellationToken.None, keeps: true));

    [Fact]
    public async Task The_desk_adds_evidence_for_a_side_which_reads_it_and_is_told_and_the_other_learns_nothing()
    {
        await portal.ApprovedAsync(portal.Huaxin, portal.Deal("品牌举证有限公司"));
        var stopped = await portal.BlockedAsync(portal.Yuanjian, portal.Deal("品牌举证有限公司"));
        var dispute = await portal.FiledAsync(portal.Yuanjian, stopped);
        var desk = portal.SignIn(portal.DealDesk);

        var page = await desk.SubmitAsync($"/disputes/{dispute}", ("speaksFor", stopped), ("files", new TestFile("拜访记录.txt", "三月拜访"u8.ToArray())));

        Assert.Contains("1 file added.", page.Words);
        Assert.Equal(["Added by the brand", "Claimant"], page.All("#attachments-list .badge"));
        var claimant = portal.SignIn(portal.Yuanjian);
        var seen = await claimant.GetAsync($"/disputes/{dispute}");
        Assert.Contains("拜访记录.txt", seen.Words);
        Assert.Equal(["Added by the brand", "Claimant"], seen.All("#attachments-list .badge"));
        Assert.Contains((await claimant.GetAsync("/notifications")).All(".notification-open"), told => told.StartsWith($"{dispute}: the brand added files that speak for your side", StringComparison.Ordinal));
        var holder = portal.SignIn(portal.Huaxin);
        Assert.DoesNotContain("拜访记录.txt", (await holder.GetAsync($"/disputes/{dispute}")).Words);
        Assert.DoesNotContain((await holder.GetAsync("/notifications")).All(".notification-open"), told => told.Contains("speak for your side", StringComparison.Ordinal));
        var answer = (await portal.Api(portal.DealDesk).GetAsync($"/api/v1/disputes/{dispute}/attachments")).Json[0];
        Assert.Equal(("claimant", "shared", true), (answer.GetProperty("side").GetString(), answer.GetProperty("stream").GetString(), answer.GetProperty("byBrand").GetBoolean()));

        var file = new SentFile("x.txt", "x"u8.ToArray());
        Assert.IsType<AttachmentOutcome.Forbidden>(await GiveAsync(portal.Yuanjian, dispute, stopped, file));
        Assert.IsType<AttachmentOutcome.Forbidden>(await GiveAsync(await portal.Given.SomebodyOfTheBrand("channel_manager"), dispute, stopped, file));
        Assert.Equal("speaksFor", Assert.Single(Assert.IsType<AttachmentOutcome.Invalid>(await GiveAsync(portal.DealDesk, dispute, "D-NONE", file)).Problems).Field);
        Assert.IsType<AttachmentOutcome.Done>(await GiveAsync(await portal.Given.SomebodyOfTheBrand("channel_manager"), dispute, null, file));
        Assert.DoesNotContain("x.txt", (await claimant.GetAsync($"/disputes/{dispute}")).Words);
    }

    Task<AttachmentOutcome> GiveAsync(TestPerson person, string dispute, string? speaksFor, SentFile file) =>
        portal.AsAsync<AttachFiles, AttachmentOutcome>(person, attach => attach.ToDisputeAsync(dispute, speaksFor, [file], CancellationToken.None));

    [Fact]
    public async Task What_the_brand_keeps_to_itself_the_partner_neither_sees_nor_gets()
    {
        var deal = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("内部附件有限公司"));
        var inside = Assert.IsType<AttachmentOutcome.Done>(await AddAsync(portal.DealDesk, deal, "brand", new SentFile("内部评估.txt", "评估"u8.ToArray()))).Numbers.Single();
        var shared = Assert.IsType<AttachmentOutcome.Done>(await AddAsync(portal.DealDesk, deal, "shared", new SentFile("答复.txt", "答复"u8.ToArray()))).Numbers.Single();
        var partner = portal.SignIn(portal.Huaxin);

        Assert.DoesNotContain("内部评估", (await partner.GetAsync($"/deals/{deal}")).Words);
        Assert.Equal(HttpStatusCode.NotFound, (await partner.GetAsync($"/attachments/{inside}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await partner.GetAsync($"/attachments/{shared}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(portal.Yuanjian).GetAsync($"/attachments/{shared}")).Status);
        Assert.IsType<AttachmentOutcome.Forbidden>(await AddAsync(portal.Huaxin, deal, "brand", new SentFile("x.txt", "x"u8.ToArray())));
        Assert.IsType<AttachmentOutcome.Missing>(await AddAsync(portal.Yuanjian, deal, null, new SentFile("x.txt", "x"u8.ToArray())));
        Assert.IsType<AttachmentOutcome.Forbidden>(await AddAsync(await portal.Given.APerson(portal.Huaxin.Partner, "viewer"), deal, null, new SentFile("x.txt", "x"u8.ToArray())));
    }

    [Fact]
    public async Task Only_who_added_a_file_removes_it_and_only_while_the_deal_runs()
    {
        var deal = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("删除附件有限公司"));
        var first = Assert.IsType<AttachmentOutcome.Done>(await AddAsync(portal.Huaxin, deal, null, new SentFile("a.txt", "a"u8.ToArray()))).Numbers.Single();
        var second = Assert.IsType<AttachmentOutcome.Done>(await AddAsync(portal.Huaxin, deal, null, new SentFile("b.txt", "b"u8.ToArray()))).Numbers.Single();
        var colleague = await portal.Given.APerson(portal.Huaxin.Partner, "sales");

        Assert.IsType<AttachmentOutcome.Forbidden>(await RemoveAsync(colleague, first));
        Assert.IsType<AttachmentOutcome.Forbidden>(await RemoveAsync(portal.DealDesk, first));
        Assert.IsType<AttachmentOutcome.Done>(await RemoveAsync(portal.Huaxin, first));
        await portal.AsAsync<PursueDeal, DealOutcome>(portal.Huaxin, pursue => pursue.WithdrawAsync(deal, null, "No project", CancellationToken.None));

        Assert.Equal("attachments.refused.over", Assert.IsType<AttachmentOutcome.Refused>(await RemoveAsync(portal.Huaxin, second)).TextKey);
        Assert.Equal("attachments.refused.over", Assert.IsType<AttachmentOutcome.Refused>(await AddAsync(portal.Huaxin, deal, null, new SentFile("c.txt", "c"u8.ToArray()))).TextKey);
        var refused = await Assert.ThrowsAsync<PostgresException>(async () =>
        {
            await using var db = portal.Database.As(Caller.Subject(TestIdentityProvider.Issuer, portal.Huaxin.Subject));
            await db.ExecuteAsync("delete from attachment where number = @second", new { second }, CancellationToken.None);
        });
        Assert.Equal("a_record_that_is_over_keeps_its_files", refused.ConstraintName);
    }

    [Fact]
    public async Task Evidence_of_one_side_of_a_dispute_is_not_the_other_sides()
    {
        await portal.ApprovedAsync(portal.Huaxin, portal.Deal("证据分隔有限公司"));
        var dispute = await portal.FiledAsync(portal.Yuanjian, await portal.BlockedAsync(portal.Yuanjian, portal.Deal("证据分隔有限公司")));
        var claimant = portal.SignIn(portal.Yuanjian);
        await claimant.SubmitAsync($"/disputes/{dispute}", ("files", new TestFile("合同.txt", "签于三月"u8.ToArray())));
        var (holder, desk) = (portal.SignIn(portal.Huaxin), portal.SignIn(portal.DealDesk));
        await holder.SubmitAsync($"/disputes/{dispute}", ("files", new TestFile("邮件.txt", "早于三月"u8.ToArray())));

        var address = (await claimant.GetAsync($"/disputes/{dispute}")).Document.QuerySelector("a[href^='/attachments/']")!.GetAttribute("href")!;

        Assert.DoesNotContain("合同.txt", (await holder.GetAsync($"/disputes/{dispute}")).Words);
        Assert.Equal(HttpStatusCode.NotFound, (await holder.GetAsync(address)).Status);
        var seen = (await desk.GetAsync($"/disputes/{dispute}")).Words;
        Assert.Contains("合同.txt", seen);
        Assert.Contains("邮件.txt", seen);
        await portal.DecideAsync(dispute, overturn: false);
        Assert.False((await claimant.GetAsync($"/disputes/{dispute}")).Has("input[type=file]"));
    }

    [Fact]
    public async Task A_record_has_so_many_files_and_no_more_also_when_sent_at_the_same_moment()
    {
        var deal = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("附件上限有限公司"));
        var many = Enumerable.Range(0, 24).Select(at => new SentFile($"{at}.txt", "x"u8.ToArray())).ToArray();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => AddAsync(portal.Huaxin, deal, null, many))));

        Assert.Equal(2, outcomes.OfType<AttachmentOutcome.Done>().Count());
        Assert.All(outcomes.OfType<AttachmentOutcome.Invalid>(), refused => Assert.Equal("attachments.refused.too_many", refused.Problems.Single().TextKey));
    }

    [Fact]
    public async Task Programs_add_list_load_and_remove()
    {
        var deal = await portal.SubmittedAsync(portal.Huaxin, portal.Deal("接口附件有限公司"));
        var api = portal.Api(portal.Huaxin);
        using var form = new MultipartFormDataContent();
        using var content = new ByteArrayContent("a,b\n1,2\n"u8.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-msdownload");
        form.Add(content, "files", "list.exe");

        var answer = await api.PostAsync($"/api/v1/deals/{deal}/attachments", form);
        Assert.Equal((HttpStatusCode.Created, answer.Text), (answer.Status, answer.Text));
        var listed = await api.GetAsync($"/api/v1/deals/{deal}/attachments");
        var number = listed.Json[0].GetProperty("number").GetString();
        var loaded = await api.GetAsync($"/api/v1/attachments/{number}/content");

        Assert.Equal(("list.exe.csv", "text/csv", "shared"), (listed.Json[0].GetProperty("name").GetString(), listed.Json[0].GetProperty("contentType").GetString(), listed.Json[0].GetProperty("stream").GetString()));
        Assert.Equal("a,b\n1,2\n", loaded.Text);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.Api(portal.Yuanjian).GetAsync($"/api/v1/attachments/{number}/content")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await api.SendAsync(HttpMethod.Delete, $"/api/v1/attachments/{number}", null)).Status);
        Assert.Equal(0, (await api.GetAsync($"/api/v1/deals/{deal}/attachments")).Json.GetArrayLength());
    }

    Task<AttachmentOutcome> AddAsync(TestPerson person, string deal, string? stream, params SentFile[] files) =>
        portal.AsAsync<AttachFiles, AttachmentOutcome>(person, attach => attach.ToDealAsync(deal, stream, files, CancellationToken.None));

    Task<AttachmentOutcome> RemoveAsync(TestPerson person, string number) => portal.AsAsync<AttachFiles, AttachmentOutcome>(person, attach => attach.RemoveAsync(number, CancellationToken.None));
}
