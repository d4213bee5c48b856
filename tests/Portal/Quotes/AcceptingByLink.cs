using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Tests.Documents;
using Portal.Tests.Webhooks;
using Portal.Web;
using Portal.Webhooks;
using Support;

namespace Portal.Tests.Quotes;

public sealed class AcceptingByLink(QuotingPartner portal) : IClassFixture<QuotingPartner>
{
    static readonly (string, object?)[] Signature = [("Accept.Signer", "王敏"), ("Accept.Title", "采购经理"), ("Accept.Typed", "王敏"), ("Accept.Agreed", true), ("Accept.Zone", "Asia/Shanghai")];

    [Fact]
    public async Task Somebody_without_an_account_reads_exactly_the_revision_that_was_sent()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var address = await QuotingPartner.LinkAsync(sales, number);
        await portal.Database.ExecuteAsync("update portal.product set name = 'Renamed since' where sku = 'D-1'");

        var page = await portal.Anonymous().GetAsync(address);

        await portal.Database.ExecuteAsync("update portal.product set name = 'Standing desk' where sku = 'D-1'");
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Equal("CNY 7,209.76", page.Text("[data-total]"));
        Assert.Contains("Standing desk", page.Words, StringComparison.Ordinal);
        Assert.Contains("杭州云栖科技有限公司", page.Words, StringComparison.Ordinal);
        Assert.DoesNotContain("Renamed since", page.Words, StringComparison.Ordinal);
        Assert.Equal("noindex, nofollow, noarchive", page.Header("X-Robots-Tag"));
        Assert.Contains("no-store", page.Header("Cache-Control"), StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-inline", page.Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.DoesNotContain(number, page.Document.QuerySelector("form[action='/preferences']")!.OuterHtml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_speaks_the_language_of_its_link_until_its_reader_chooses_another()
    {
        var sales = portal.SignIn(portal.Sales);
        var address = await QuotingPartner.LinkAsync(sales, await portal.SentAsync(sales));
        await portal.Database.ExecuteAsync("update portal.quote_link set language = 'zh-CN'");
        var customer = portal.Anonymous();

        Assert.Contains("接受报价", (await customer.GetAsync(address)).Words, StringComparison.Ordinal);
        var english = await customer.PressAsync(await customer.GetAsync(address), "button[name=language]");
        Assert.Equal(address, english.Path);
        Assert.Contains("Accept this quotation", english.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accepting_by_link_is_an_acceptance_like_any_other_and_its_goods_are_ordered_once()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var customer = portal.Anonymous();
        var address = await QuotingPartner.LinkAsync(sales, number);

        var page = await customer.SubmitAsync(address, Signature);

        Assert.Equal(address, page.Path);
        Assert.Contains("You have accepted this quotation.", page.Words, StringComparison.Ordinal);
        Assert.False(page.Has("form[action$='/acceptance']"));
        Assert.Equal("accepted", await portal.StatusAsync(number));
        var seen = await sales.GetAsync($"/quotes/{number}");
        Assert.Contains("王敏, by link", seen.Words, StringComparison.Ordinal);
        Assert.Contains("采购经理", seen.Words, StringComparison.Ordinal);
        Assert.True(seen.Has($"a[href='/quotes/{number}/revisions/1/signed?language=en']"));
        // As after an acceptance in the portal: purchasing finds the goods in the order form.
        var buyer = portal.SignIn(await portal.Given.APerson(portal.Sales.Partner, "purchasing"));
        Assert.Equal(HttpStatusCode.OK, (await buyer.GetAsync($"/orders/new?quote={number}")).Status);
        var evidence = (await portal.Database.ListAsync<(string Signer, string Title, string Typed, string Zone, string Local, bool IsTheHash)>("""
            select a.signer, a.title, a.typed, a.time_zone, a.local_time, a.frozen_sha256 = r.frozen_sha256 and a.frozen_sha256 = sha256(convert_to(r.frozen::text, 'UTF8'))
            from portal.quote_answer a join portal.quote_revision r using (quote_revision_id) join portal.quote q on q.quote_id = r.quote_id where q.number = @number
            """, new { number })).Single();
        Assert.Equal(("王敏", "采购经理", "王敏", "Asia/Shanghai", true), (evidence.Signer, evidence.Title, evidence.Typed, evidence.Zone, evidence.IsTheHash));
        Assert.EndsWith("+08:00", evidence.Local, StringComparison.Ordinal);
        Assert.StartsWith("link:QL-", (await portal.Database.ListAsync<string>("select actor from portal.audit_entry where subject_number = @number and action = 'quote.accept'", new { number })).Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task However_often_it_is_clicked_there_is_one_answer_and_everybody_sees_it()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var customer = portal.Anonymous();
        var form = await customer.GetAsync(await QuotingPartner.LinkAsync(sales, number));

        var pages = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => customer.SubmitAsync(form, Signature)));

        Assert.All(pages, page => Assert.Contains("You have accepted this quotation.", page.Words, StringComparison.Ordinal));
        Assert.Equal([(1L, 1L, 1L)], await portal.Database.ListAsync<(long, long, long)>("""
            select (select count(*) from portal.quote_answer a where a.quote_id = q.quote_id), (select count(*) from portal.quote_act a where a.quote_id = q.quote_id and a.act = 'accept'),
                   (select count(*) from portal.audit_entry e where e.subject_number = q.number and e.action = 'quote.accept') from portal.quote q where q.number = @number
            """, new { number }));
    }

    [Fact]
    public async Task Two_rivals_at_the_same_second_end_with_one_answer()
    {
        for (var round = 0; round < 3; round++)
        {
            var sales = portal.SignIn(portal.Sales);
            var number = await portal.SentAsync(sales, ("D-2", 1, null));
            var (one, other) = (portal.Anonymous(), portal.Anonymous());
            var accepting = await one.GetAsync(await QuotingPartner.LinkAsync(sales, number, "王敏"));
            var declining = await other.GetAsync(await QuotingPartner.LinkAsync(sales, number, "李雷"));

            await Task.WhenAll(one.SubmitAsync(accepting, Signature), other.SubmitAsync(declining, ("Decline.Signer", "李雷"), ("Decline.Reason", "Too dear")));

            var answer = (await portal.Database.ListAsync<string>("select a.answer from portal.quote_answer a join portal.quote q using (quote_id) where q.number = @number", new { number })).Single();
            Assert.Equal(answer, await portal.StatusAsync(number));
            var loser = answer == "accepted" ? await other.GetAsync(declining.Path) : await one.GetAsync(accepting.Path);
            Assert.Contains("This quotation has been answered", loser.Words, StringComparison.Ordinal);
            Assert.DoesNotContain(answer == "accepted" ? "王敏" : "李雷", loser.Words, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_second_answer_is_impossible_even_at_the_database()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        await portal.Anonymous().SubmitAsync(await QuotingPartner.LinkAsync(sales, number), Signature);

        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => portal.Database.ExecuteAsync("""
            set search_path = portal, public;
            insert into quote_answer (quote_link_id, quote_id, quote_revision_id, partner_id, revision, answer, signer, reason, language, answered_at, time_zone, local_time, frozen_sha256)
            select quote_link_id, quote_id, quote_revision_id, partner_id, revision, 'declined', 'Somebody', 'No', 'en', now(), 'Etc/UTC', 'now', frozen_sha256 from quote_answer limit 1
            """));
        var changed = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => portal.Database.ExecuteAsync("set search_path = portal, public; update quote_answer set signer = 'Somebody else'"));

        Assert.Equal("a_revision_is_answered_once", refused.ConstraintName);
        Assert.Contains("stays as it was", changed.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revision_that_was_superseded_between_reading_and_clicking_is_not_accepted()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var customer = portal.Anonymous();
        var form = await customer.GetAsync(await QuotingPartner.LinkAsync(sales, number));
        await sales.PressAsync(await sales.GetAsync($"/quotes/{number}"), $"form[action='/quotes/{number}/revisions']");

        var page = await customer.SubmitAsync(form, Signature);

        Assert.Equal(HttpStatusCode.Gone, page.Status);
        Assert.Contains("There is a newer revision", page.Words, StringComparison.Ordinal);
        Assert.DoesNotContain("7,209.76", page.Words, StringComparison.Ordinal);
        Assert.Equal("draft", await portal.StatusAsync(number));
        await sales.PressAsync(await sales.GetAsync($"/quotes/{number}"), $"form[action='/quotes/{number}/sending']");
        Assert.Contains("The newer one has gone out", (await customer.GetAsync(form.Path)).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_accepted_is_what_was_shown_and_nothing_else()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var customer = portal.Anonymous();

        var page = await customer.SubmitAsync(await QuotingPartner.LinkAsync(sales, number), [.. Signature, ("Accept.Sha256", new string('0', 64))]);

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        Assert.Contains("another than the one you were shown", page.Words, StringComparison.Ordinal);
        Assert.Equal("王敏", page.Value("Accept.Signer"));
        Assert.Equal("sent", await portal.StatusAsync(number));
    }

    [Fact]
    public async Task Withdrawn_revoked_and_answered_in_the_portal_each_say_so()
    {
        var sales = portal.SignIn(portal.Sales);
        var customer = portal.Anonymous();

        var withdrawn = await portal.SentAsync(sales);
        var ofWithdrawn = await QuotingPartner.LinkAsync(sales, withdrawn);
        await sales.PressAsync(await sales.GetAsync($"/quotes/{withdrawn}"), $"form[action='/quotes/{withdrawn}/withdrawal']", ("reason", "Mistaken"));
        Assert.Contains("This quotation was withdrawn", (await customer.GetAsync(ofWithdrawn)).Words, StringComparison.Ordinal);

        var revoked = await portal.SentAsync(sales);
        var ofRevoked = await QuotingPartner.LinkAsync(sales, revoked);
        var open = await customer.GetAsync(ofRevoked);
        var link = await portal.LinkNumberAsync(revoked);
        await sales.PressAsync(await sales.GetAsync($"/quotes/{revoked}"), $"form[action='/quotes/{revoked}/links/{link}/revocation']");
        Assert.Contains("This link does not work any more", (await customer.SubmitAsync(open, Signature)).Words, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Gone, (await customer.GetAsync(ofRevoked + "/pdf")).Status);
        Assert.Equal("sent", await portal.StatusAsync(revoked));

        var answered = await portal.SentAsync(sales);
        var ofAnswered = await QuotingPartner.LinkAsync(sales, answered);
        await sales.PressAsync(await sales.GetAsync($"/quotes/{answered}"), $"form[action='/quotes/{answered}/answer']");
        Assert.Contains("This quotation has been answered", (await customer.GetAsync(ofAnswered)).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renewed_link_has_a_new_address_and_the_old_one_stays_dead()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var old = await QuotingPartner.LinkAsync(sales, number);
        var link = await portal.LinkNumberAsync(number);

        await sales.PressAsync(await sales.GetAsync($"/quotes/{number}"), $"form[action='/quotes/{number}/links/{link}/renewal']");
        var shown = await sales.PressAsync(await sales.GetAsync($"/quotes/{number}"), $"form[action='/quotes/{number}/links/{link}/address']");
        var renewed = new Uri(shown.Document.QuerySelector("#address")!.GetAttribute("value")!).PathAndQuery;

        Assert.Contains("This link does not work any more", (await portal.Anonymous().GetAsync(old)).Words, StringComparison.Ordinal);
        Assert.Contains("Accept this quotation", (await portal.Anonymous().GetAsync(renewed)).Words, StringComparison.Ordinal);
        Assert.False((await sales.GetAsync($"/quotes/{number}")).Has("#address"));
    }

    [Fact]
    public async Task An_offer_past_its_last_day_can_be_read_and_asked_about_and_not_accepted_and_its_link_runs_out_later()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var customer = portal.Anonymous();
        var form = await customer.GetAsync(await QuotingPartner.LinkAsync(sales, number));

        portal.Clock.Advance(TimeSpan.FromDays(31));
        var late = await customer.SubmitAsync(form, Signature);

        Assert.Contains("cannot be accepted any more", late.Words, StringComparison.Ordinal);
        Assert.False(late.Has("form[action$='/acceptance']"));
        Assert.Equal("sent", await portal.StatusAsync(number));
        Assert.Contains("passed on", (await customer.SubmitAsync(late, ("Ask.Asker", "王敏"), ("Ask.Words", "Please offer it anew"))).Words, StringComparison.Ordinal);
        portal.Clock.Advance(TimeSpan.FromDays(31));
        Assert.Contains("This link has run out", (await customer.GetAsync(form.Path)).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_links_of_a_company_that_is_stopped_open_nothing_while_it_is()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var customer = portal.Anonymous();
        var form = await customer.GetAsync(await QuotingPartner.LinkAsync(sales, number));
        async Task SetAsync(string status) => await portal.Database.ExecuteAsync("update portal.partner set status = @status where partner_id = @PartnerId", new { status, portal.Sales.Partner.PartnerId });

        await SetAsync("suspended");
        var stopped = await customer.SubmitAsync(form, Signature);
        await SetAsync("active");

        Assert.Contains("This link does not work any more", stopped.Words, StringComparison.Ordinal);
        Assert.Equal("sent", await portal.StatusAsync(number));
        Assert.Contains("Accept this quotation", (await customer.GetAsync(form.Path)).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verifying_finds_a_quote_that_forgot_its_answer()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        await portal.Anonymous().SubmitAsync(await QuotingPartner.LinkAsync(sales, number), Signature);
        async Task<string> VerifyAsync()
        {
            var said = new StringWriter();
            await portal.InScopeAsync(Caller.System("verify"), services => services.GetServices<IVerb>().Single(verb => verb.Name == "verify").RunAsync(["quotes"], said, default));
            return said.ToString();
        }

        Assert.DoesNotContain(number, await VerifyAsync(), StringComparison.Ordinal);
        await portal.Database.ExecuteAsync("update portal.quote set status = 'sent' where number = @number", new { number });
        Assert.Contains($"Quote {number} was accepted by a customer and stands as sent.", await VerifyAsync(), StringComparison.Ordinal);
        await portal.Database.ExecuteAsync("update portal.quote set status = 'accepted' where number = @number", new { number });
    }

    [Fact]
    public async Task Who_guesses_learns_nothing()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var address = await QuotingPartner.LinkAsync(sales, number);
        var stranger = portal.Anonymous();

        foreach (var guess in new[] { $"/offers/{new string('A', 43)}", "/offers/x", $"/offers/{number}", address[..^1], address + "A", address[..^1] + (char)(address[^1] + 1) })
        {
            var page = await stranger.GetAsync(guess);
            Assert.Equal(HttpStatusCode.NotFound, page.Status);
            Assert.Equal("There is no such quotation", page.Text("h1"));
            Assert.DoesNotContain("华信", page.Words, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await stranger.GetAsync($"/offers/{new string('A', 43)}/pdf")).Status);
    }

    [Fact]
    public async Task Who_asks_too_often_has_to_wait()
    {
        var limited = new PortalWithLimits();
        await limited.InitializeAsync();
        var stranger = limited.Anonymous();

        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 40; i++)
        {
            answers.Add((await stranger.GetAsync($"/offers/{new string('A', 43)}")).Status);
        }

        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
        await limited.DisposeAsync();
    }

    [Fact]
    public async Task The_database_opens_a_link_by_its_secret_alone_and_lists_none()
    {
        var sales = portal.SignIn(portal.Sales);
        await QuotingPartner.LinkAsync(sales, await portal.SentAsync(sales));

        await portal.InScopeAsync(Caller.Nobody, async services =>
        {
            var db = (Db)services.GetService(typeof(Db))!;
            foreach (var table in new[] { "quote_link", "quote_link_secret", "quote_answer", "quote_signed_file", "quote_request", "quote_mail" })
            {
                Assert.Equal(0, await db.OneAsync<long>($"select count(*) from {table}", null, default));
            }

            Assert.Empty(await db.ListAsync<string>("select link from quote_link_read(sha256('guess'), now())", null, default));
            await Assert.ThrowsAsync<Npgsql.PostgresException>(() => db.ListAsync<string>("select quote_link_state(1, false, now())", null, default));
            await Assert.ThrowsAsync<Npgsql.PostgresException>(() => db.ListAsync<string>("select quote_link_told(1)", null, default));
        });
        await portal.InScopeAsync(Caller.Subject(TestIdentityProvider.Issuer, portal.Rival.Subject), async services =>
            Assert.Equal(0, await ((Db)services.GetService(typeof(Db))!).OneAsync<long>("select count(*) from quote_link", null, default)));
    }

    [Fact]
    public async Task A_partner_neither_sees_nor_touches_the_links_of_another()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        await QuotingPartner.LinkAsync(sales, number);
        var link = await portal.LinkNumberAsync(number);
        var rival = portal.Api(portal.Rival);

        Assert.Equal(HttpStatusCode.NotFound, (await rival.GetAsync($"/api/v1/quotes/{number}/links")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await rival.PostAsync($"/api/v1/quotes/{number}/links/{link}/revocation", null)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await rival.PostAsync($"/api/v1/quotes/{number}/links/{link}/address", null)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await rival.PostAsync($"/api/v1/quotes/{number}/mails", new { to = new[] { new { email = "a@b.example" } } })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await portal.SignIn(portal.Rival).GetAsync($"/quotes/{number}/revisions/1/signed")).Status);
        // The brand reads; the links are the seller's to keep.
        Assert.Equal(HttpStatusCode.Forbidden, (await portal.Api(portal.DealDesk).PostAsync($"/api/v1/quotes/{number}/links/{link}/revocation", null)).Status);
    }

    [Fact]
    public async Task The_seller_sees_what_the_customer_sees_without_opening_or_answering_it()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var customer = portal.Anonymous();
        var address = await QuotingPartner.LinkAsync(sales, number);
        var form = await customer.GetAsync(address);

        var page = await sales.GetAsync(address);
        Assert.Contains("You are signed in as the seller", page.Words, StringComparison.Ordinal);
        Assert.False(page.Has("form[action$='/acceptance']"));
        await sales.PostAsync(address + "/acceptance", ("Accept.Signer", "Sales"));

        Assert.Equal("sent", await portal.StatusAsync(number));
        Assert.Equal([1], await portal.Database.ListAsync<int>("select opened from portal.quote_link l join portal.quote q using (quote_id) where q.number = @number and not l.is_printed", new { number }));
        Assert.Contains("Accept this quotation", form.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_that_nobody_was_shown_is_refused()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var address = await QuotingPartner.LinkAsync(sales, number);

        var forged = await portal.Anonymous().PostAsync(address + "/acceptance", ("Accept.Signer", "Mallory"), ("Accept.Title", "x"), ("Accept.Typed", "x"), ("Accept.Agreed", "true"));

        Assert.Equal(HttpStatusCode.BadRequest, forged.Status);
        Assert.Equal("sent", await portal.StatusAsync(number));
    }

    [Fact]
    public async Task Declining_wants_a_reason_which_the_seller_reads()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var customer = portal.Anonymous();
        var address = await QuotingPartner.LinkAsync(sales, number);

        var without = await customer.SubmitAsync(address, ("Decline.Signer", "王敏"), ("Decline.Reason", " "));
        Assert.Equal(HttpStatusCode.BadRequest, without.Status);
        Assert.Contains("Say why, in 1 to 1,000 characters.", without.Words, StringComparison.Ordinal);
        var page = await customer.SubmitAsync(without, ("Decline.Signer", "王敏"), ("Decline.Reason", "The budget was cut"));

        Assert.Contains("You have declined this quotation.", page.Words, StringComparison.Ordinal);
        var seen = await sales.GetAsync($"/quotes/{number}");
        Assert.Contains("The budget was cut", seen.Words, StringComparison.Ordinal);
        Assert.Equal("declined", await portal.StatusAsync(number));
    }

    [Fact]
    public async Task Asking_for_changes_leaves_the_offer_open_and_is_told_once()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var customer = portal.Anonymous();
        var form = await customer.GetAsync(await QuotingPartner.LinkAsync(sales, number));

        var pages = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => customer.SubmitAsync(form, ("Ask.Asker", "王敏"), ("Ask.Words", "Four desks instead of three"))));

        Assert.All(pages, page => Assert.Contains("Your words have been passed on.", page.Words, StringComparison.Ordinal));
        Assert.Contains("Accept this quotation", pages[0].Words, StringComparison.Ordinal);
        var seen = await sales.GetAsync($"/quotes/{number}");
        Assert.Contains("Four desks instead of three", seen.Words, StringComparison.Ordinal);
        Assert.Equal([1L], await portal.Database.ListAsync<long>("select count(*) from portal.notification where text_key = 'quotes.told.changes' and link = @link", new { link = $"/quotes/{number}" }));
        Assert.Equal("sent", await portal.StatusAsync(number));
        // whoever sells finds it among the quotes, and on the start page
        Assert.Contains(number, (await sales.GetAsync("/quotes?status=changes_asked")).Words, StringComparison.Ordinal);
        Assert.NotNull((await sales.GetAsync("/")).Document.QuerySelector("a[href='/quotes?status=changes_asked']"));
        Assert.DoesNotContain(await portal.SentAsync(sales), (await sales.GetAsync("/quotes?status=changes_asked")).Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_is_said_at_its_field_and_nothing_typed_is_lost()
    {
        var sales = portal.SignIn(portal.Sales);
        var address = await QuotingPartner.LinkAsync(sales, await portal.SentAsync(sales));

        var page = await portal.Anonymous().SubmitAsync(address, ("Accept.Signer", "王敏"), ("Accept.Title", ""), ("Accept.Typed", ""), ("Accept.Agreed", false));

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        foreach (var said in new[] { "Enter your role", "Sign: draw your signature, or type it", "Tick that you are entitled" })
        {
            Assert.Contains(said, page.Words, StringComparison.Ordinal);
        }

        Assert.Equal("王敏", page.Value("Accept.Signer"));
    }

    [Fact]
    public async Task Names_are_words_and_no_markup()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var customer = portal.Anonymous();

        var page = await customer.SubmitAsync(await QuotingPartner.LinkAsync(sales, number, "<img src=x>"), ("Accept.Signer", "<script>alert(1)</script>"), ("Accept.Title", "<b>x</b>"), ("Accept.Typed", "#evil[]"), ("Accept.Agreed", true));

        Assert.Contains("<script>alert(1)</script>", page.Words, StringComparison.Ordinal);
        Assert.False(page.Has("main script"));
        var seen = await sales.GetAsync($"/quotes/{number}");
        Assert.Contains("<img src=x>", seen.Words, StringComparison.Ordinal);
        Assert.False(seen.Has("main img, main script"));
    }

    [FactWithProgram("qpdf")]
    public async Task The_signed_copy_is_a_file_of_its_own_and_the_pdf_of_the_offer_stays_as_it_was()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var customer = portal.Anonymous();
        var address = await QuotingPartner.LinkAsync(sales, number);
        var offered = await customer.GetAsync(address + "/pdf?language=en");
        Assert.Equal(HttpStatusCode.NotFound, (await customer.GetAsync(address + "/signed")).Status);

        await customer.SubmitAsync(address, ("Accept.Signer", "王敏"), ("Accept.Title", "采购经理"), ("Accept.Drawn", Pictures.DataUrl(Pictures.Stroke(300, 100))), ("Accept.Agreed", true), ("Accept.Zone", "Asia/Shanghai"));
        var signed = await customer.GetAsync(address + "/signed?language=en");
        var inPortal = await sales.GetAsync($"/quotes/{number}/revisions/1/signed?language=en");
        var chinese = await sales.GetAsync($"/quotes/{number}/revisions/1/signed?language=zh-CN");

        Assert.Equal(offered.Bytes, (await sales.GetAsync($"/quotes/{number}/revisions/1/pdf?language=en")).Bytes);
        Assert.Equal(offered.Bytes, (await customer.GetAsync(address + "/pdf?language=en")).Bytes);
        Assert.Equal(signed.Bytes, inPortal.Bytes);
        Assert.NotEqual(offered.Bytes, signed.Bytes);
        var words = await Pictures.WordsOfAsync(signed.Bytes);
        var hash = (await portal.Database.ListAsync<string>("select encode(r.frozen_sha256, 'hex') from portal.quote_revision r join portal.quote q using (quote_id) where q.number = @number", new { number })).Single();
        foreach (var said in new[] { "Evidence of acceptance", "王敏", "采购经理", "CNY 7,209.76", "7,209.76", hash, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(offered.Bytes)), "Asia/Shanghai", "drawn" })
        {
            Assert.Contains(said, words.Replace('\u00a0', ' '), StringComparison.Ordinal);
        }

        Assert.Contains("签署证明", await Pictures.WordsOfAsync(chinese.Bytes), StringComparison.Ordinal);
        await Pictures.CheckAsync(signed.Bytes);
        Assert.Equal($"\"{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(inPortal.Bytes))}\"", inPortal.Header("ETag"));
    }

    [Fact]
    public async Task Programs_of_the_seller_hear_of_it_and_those_of_others_do_not()
    {
        var events = WebhookEvents.All.Where(type => type.Subject == "quote").Select(type => type.Name).ToArray();
        foreach (var listener in new[] { portal.Sales, portal.Rival })
        {
            await portal.Database.ExecuteAsync("""
                insert into portal.webhook_endpoint (number, partner_id, url, event_types, secret, created_at, changed_at)
                values ('WE-' || @PartnerId, @PartnerId, 'https://erp.example/' || @PartnerId, @events, 'x', now(), now()) on conflict do nothing
                """, new { listener.Partner.PartnerId, events });
        }

        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var customer = portal.Anonymous();
        var page = await customer.GetAsync(await QuotingPartner.LinkAsync(sales, number));
        page = await customer.SubmitAsync(page, ("Ask.Asker", "王敏"), ("Ask.Words", "Four desks"));
        await customer.SubmitAsync(page, Signature);
        await portal.DraftAsync(sales, ("D-1", 1, 20m));

        var told = await portal.Database.ListAsync<(string Type, string Body, long PartnerId)>("select event_type, body, partner_id from portal.webhook_event where subject_number = @number order by webhook_event_id", new { number });
        Assert.Equal(["quote.sent", "quote.opened", "quote.changes_asked", "quote.accepted"], told.Select(one => one.Type));
        Assert.All(told, one => Assert.Equal(portal.Sales.Partner.PartnerId, one.PartnerId));
        Assert.All(told, one => Assert.Equal([], HearingOfEvents.Differences(JsonDocument.Parse(one.Body).RootElement, JsonDocument.Parse(WebhookSchemas.Of(WebhookEvents.Find(one.Type)!).ToJsonString()).RootElement, one.Type)));
        Assert.Equal("Four desks", JsonDocument.Parse(told[2].Body).RootElement.GetProperty("data").GetProperty("reason").GetString());
        Assert.Equal("accepted", JsonDocument.Parse(told[3].Body).RootElement.GetProperty("data").GetProperty("status").GetString());
        await portal.Database.ExecuteAsync("delete from portal.webhook_endpoint");
    }

    [Fact]
    public async Task A_drawing_that_is_none_is_refused_and_the_signature_can_be_typed()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var customer = portal.Anonymous();
        var page = await customer.GetAsync(await QuotingPartner.LinkAsync(sales, number));

        foreach (var drawing in new[] { "data:image/png;base64,AAAA", "data:image/svg+xml;base64,PHN2Zy8+", "hello", Pictures.DataUrl(new byte[200_000]) })
        {
            page = await customer.SubmitAsync(page, ("Accept.Signer", "王敏"), ("Accept.Title", "采购经理"), ("Accept.Typed", "王敏"), ("Accept.Drawn", drawing), ("Accept.Agreed", true));
            Assert.Equal(HttpStatusCode.BadRequest, page.Status);
            Assert.Contains("The drawn signature could not be read.", page.Words, StringComparison.Ordinal);
        }

        Assert.Equal("", page.Value("Accept.Drawn"));
        Assert.Contains("You have accepted", (await customer.SubmitAsync(page, ("Accept.Typed", "王敏"), ("Accept.Agreed", true))).Words, StringComparison.Ordinal);
    }

    sealed class PortalWithLimits : PortalApp
    {
        protected override IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?> { ["RateLimits:Enabled"] = "true" };
    }
}
