using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Platform.Jobs;
using Support;

namespace Portal.Tests.Quotes;

public sealed class MailingAQuote(QuotingPartner portal) : IClassFixture<QuotingPartner>
{
    [Fact]
    public async Task Each_recipient_gets_a_mail_with_a_link_of_their_own_and_a_copy_has_none()
    {
        await portal.MailsAsync();
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);

        var page = await sales.SubmitAsync($"/quotes/{number}/mails/new?language=zh-CN", ("To", "王敏 <wang@yunqi.example>\nli@yunqi.example"), ("Cc", "boss@yunqi.example"), ("WithExcel", true));
        var mails = (await portal.MailsAsync()).ToDictionary(mail => mail.To);

        Assert.Contains("The mails are on their way.", page.Words, StringComparison.Ordinal);
        Assert.Equal(["boss@yunqi.example", "li@yunqi.example", "wang@yunqi.example"], mails.Keys.Order());
        var wang = mails["wang@yunqi.example"];
        Assert.Contains(number, wang.Subject, StringComparison.Ordinal);
        Assert.StartsWith("王敏，您好：", wang.Text, StringComparison.Ordinal);
        Assert.Contains("CNY 7,209.76", wang.Text, StringComparison.Ordinal);
        Assert.Equal([$"{number}-1.pdf", $"{number}-1.xlsx"], wang.Files.Select(file => file.Name));
        Assert.Equal((await sales.GetAsync($"/quotes/{number}/revisions/1/pdf?language=zh-CN")).Bytes, wang.Files[0].Content);
        Assert.NotEqual(wang.Link, mails["li@yunqi.example"].Link);
        Assert.DoesNotContain("https://", mails["boss@yunqi.example"].Text, StringComparison.Ordinal);
        Assert.Contains("wang@yunqi.example、li@yunqi.example", mails["boss@yunqi.example"].Text, StringComparison.Ordinal);

        // The link is good, and stands nowhere in the database.
        Assert.Contains("接受报价", (await portal.Anonymous().GetAsync(new Uri(wang.Link).PathAndQuery)).Words, StringComparison.Ordinal);
        var secret = new Uri(wang.Link).Segments[^1];
        Assert.Equal([0L], await portal.Database.ListAsync<long>("""
            select (select count(*) from portal.quote_mail m where m.text like '%' || @secret || '%') + (select count(*) from portal.outbox_message o where o.payload::text like '%' || @secret || '%')
                 + (select count(*) from portal.audit_entry e where e.details::text like '%' || @secret || '%')
            """, new { secret }));
        var seen = await sales.GetAsync($"/quotes/{number}");
        Assert.Contains("Opened", seen.Text($"[data-link='{await portal.LinkNumberAsync(number)}'] .badge"), StringComparison.Ordinal);
        Assert.Equal(3, seen.All("section[aria-labelledby=mails] li").Count);
    }

    [Fact]
    public async Task Who_accepts_by_a_mailed_link_gets_the_signed_copy_and_the_salesperson_is_told()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        await sales.SubmitAsync($"/quotes/{number}/mails/new?language=en", ("To", "wang@yunqi.example"));
        var link = (await portal.MailsAsync()).Single(mail => mail.Subject.Contains(number, StringComparison.Ordinal)).Link;

        await portal.Anonymous().SubmitAsync(new Uri(link).PathAndQuery, ("Accept.Signer", "王敏"), ("Accept.Title", "Buyer"), ("Accept.Typed", "Wang Min"), ("Accept.Agreed", true));
        var copy = (await portal.MailsAsync()).Single(mail => mail.To == "wang@yunqi.example");

        Assert.Equal($"Your signed copy of quotation {number}", copy.Subject);
        Assert.Equal((await sales.GetAsync($"/quotes/{number}/revisions/1/signed?language=en")).Bytes, copy.Files.Single().Content);
        Assert.Contains(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(copy.Files.Single().Content)), copy.Text, StringComparison.Ordinal);
        Assert.Equal(["quotes.told.accepted", "quotes.told.opened"], await portal.Database.ListAsync<string>("select text_key from portal.notification where link = @link order by text_key", new { link = $"/quotes/{number}" }));
    }

    [Fact]
    public async Task What_is_wrong_is_said_at_its_field_and_no_mail_goes()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);

        var page = await sales.SubmitAsync($"/quotes/{number}/mails/new?language=en", ("To", "nobody"), ("Cc", "a@b@c"), ("Text", "Dear {name}"), ("RemindDays", "90"), ("ExpiresOn", "2020-01-01"));

        Assert.Equal(HttpStatusCode.BadRequest, page.Status);
        foreach (var said in new[] { "nobody is no mail address", "a@b@c is no mail address", "There is no placeholder {name}", "1 to 60 days before", "between today and 400 days" })
        {
            Assert.Contains(said, page.Words, StringComparison.Ordinal);
        }

        Assert.Equal("Dear {name}", page.Value("Text"));
        Assert.Equal([0L], await portal.Database.ListAsync<long>("select count(*) from portal.quote_mail m join portal.quote q using (quote_id) where q.number = @number", new { number }));
    }

    [Fact]
    public async Task A_name_that_looks_like_a_placeholder_or_a_header_stays_a_name()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);

        await sales.SubmitAsync($"/quotes/{number}/mails/new?language=en", ("To", "{total} <odd@yunqi.example>"), ("Subject", "For {contact}"), ("Text", "Dear {contact}, {link}"));
        var mail = (await portal.MailsAsync()).Single(mail => mail.To == "odd@yunqi.example");

        Assert.Equal("For {total}", mail.Subject);
        Assert.StartsWith("Dear {total}, https://portal.test/offers/", mail.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_double_click_mails_once_and_a_second_sending_keeps_the_link()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var form = await sales.GetAsync($"/quotes/{number}/mails/new?language=en");

        await Task.WhenAll(sales.SubmitAsync(form, ("To", "twice@yunqi.example")), sales.SubmitAsync(form, ("To", "twice@yunqi.example")));
        var first = (await portal.MailsAsync()).Single(mail => mail.To == "twice@yunqi.example");
        await sales.SubmitAsync($"/quotes/{number}/mails/new?language=en", ("To", "TWICE@yunqi.example"));
        var second = (await portal.MailsAsync()).Single(mail => mail.Subject.Contains(number, StringComparison.Ordinal));

        Assert.Equal([1L], await portal.Database.ListAsync<long>("select count(*) from portal.quote_link l join portal.quote q using (quote_id) where q.number = @number and not l.is_printed", new { number }));
        Assert.NotEqual(first.Link, second.Link);
        foreach (var link in new[] { first.Link, second.Link })
        {
            Assert.Equal(HttpStatusCode.OK, (await portal.Anonymous().GetAsync(new Uri(link).PathAndQuery)).Status);
        }
    }

    [Fact]
    public async Task A_mail_whose_link_was_revoked_meanwhile_is_not_sent()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        await sales.SubmitAsync($"/quotes/{number}/mails/new?language=en", ("To", "王敏 <late@yunqi.example>"));
        var link = await portal.LinkNumberAsync(number);
        await sales.PressAsync(await sales.GetAsync($"/quotes/{number}"), $"form[action='/quotes/{number}/links/{link}/revocation']");

        Assert.DoesNotContain(await portal.MailsAsync(), mail => mail.To == "late@yunqi.example");
    }

    [Fact]
    public async Task Who_has_not_answered_is_reminded_once_as_many_days_before_as_was_said()
    {
        var sales = portal.SignIn(portal.Sales);
        var number = await portal.SentAsync(sales);
        var answered = await portal.SentAsync(sales);
        await sales.SubmitAsync($"/quotes/{number}/mails/new?language=en", ("To", "王敏 <slow@yunqi.example>"), ("RemindDays", "5"));
        await sales.SubmitAsync($"/quotes/{answered}/mails/new?language=en", ("To", "王敏 <quick@yunqi.example>"), ("RemindDays", "5"));
        await sales.PressAsync(await sales.GetAsync($"/quotes/{answered}"), $"form[action='/quotes/{answered}/answer']");
        await portal.MailsAsync();
        var jobs = portal.Services.GetRequiredService<JobRunner>();

        portal.Clock.Advance(TimeSpan.FromDays(24));
        await jobs.RunAsync("remind-of-quotes", default);
        Assert.DoesNotContain(await portal.MailsAsync(), mail => mail.To is "slow@yunqi.example" or "quick@yunqi.example");
        portal.Clock.Advance(TimeSpan.FromDays(2));
        await jobs.RunAsync("remind-of-quotes", default);
        await jobs.RunAsync("remind-of-quotes", default);
        var mails = (await portal.MailsAsync()).Where(mail => mail.To is "slow@yunqi.example" or "quick@yunqi.example").ToList();

        Assert.Equal("slow@yunqi.example", mails.Single().To);
        Assert.StartsWith($"Quotation {number} is valid until", mails[0].Subject, StringComparison.Ordinal);
        Assert.Contains("Accept this quotation", (await portal.Anonymous().GetAsync(new Uri(mails[0].Link).PathAndQuery)).Words, StringComparison.Ordinal);
        Assert.Equal([1L], await portal.Database.ListAsync<long>("select count(*) from portal.audit_entry where subject_number = @number and action = 'quote.reminded'", new { number }));
    }

    [Fact]
    public async Task Contacts_are_those_of_earlier_mails_to_that_customer()
    {
        var sales = portal.SignIn(portal.Sales);
        var first = await portal.SentAsync(sales);
        await sales.SubmitAsync($"/quotes/{first}/mails/new?language=en", ("To", "韩梅 <han@yunqi.example>"));

        var form = await sales.GetAsync($"/quotes/{await portal.SentAsync(sales)}/mails/new");

        Assert.Contains("韩梅 <han@yunqi.example>", form.All("fieldset label"));
    }

    [Fact]
    public async Task A_program_mails_follows_and_revokes()
    {
        var api = portal.Api(portal.Sales);
        var number = await portal.SentAsync(portal.SignIn(portal.Sales));
        var body = new { to = new[] { new { name = "Wang", email = "api@yunqi.example" } }, cc = new[] { "copy@yunqi.example" }, language = "en", remindDays = 2 };

        var mailed = await api.PostAsync($"/api/v1/quotes/{number}/mails", body, key: "mail-" + number);
        var again = await api.PostAsync($"/api/v1/quotes/{number}/mails", body, key: "mail-" + number);
        var mail = (await portal.MailsAsync()).Single(mail => mail.To == "api@yunqi.example");
        await portal.Anonymous().GetAsync(new Uri(mail.Link).PathAndQuery);
        var link = (await api.GetAsync($"/api/v1/quotes/{number}/links")).Json.GetProperty("items")[0];

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (mailed.Status, again.Status));
        Assert.Equal(("opened", 1, 2), (link.GetProperty("state").GetString(), link.GetProperty("opened").GetInt32(), link.GetProperty("remindDays").GetInt32()));
        Assert.Equal(2, (await api.GetAsync($"/api/v1/quotes/{number}/mails")).Json.GetProperty("items").GetArrayLength());
        var shown = await api.PostAsync($"/api/v1/quotes/{number}/links/{link.GetProperty("number").GetString()}/address", null);
        Assert.StartsWith("https://portal.test/offers/", shown.Json.GetProperty("url").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await api.PostAsync($"/api/v1/quotes/{number}/links/{link.GetProperty("number").GetString()}/revocation", null)).Status);
        Assert.Equal(HttpStatusCode.Gone, (await portal.Anonymous().GetAsync(new Uri(mail.Link).PathAndQuery)).Status);
        Assert.Equal(HttpStatusCode.Gone, (await portal.Anonymous().GetAsync(new Uri(shown.Json.GetProperty("url").GetString()!).PathAndQuery)).Status);

        var wrong = await api.PostAsync($"/api/v1/quotes/{number}/mails", new { to = Array.Empty<object>(), text = "{nobody}" });
        Assert.Equal("invalid", wrong.Problem);
        var made = await api.PostAsync($"/api/v1/quotes/{number}/links", new { recipient = "By chat" });
        Assert.Equal(HttpStatusCode.Created, made.Status);
        Assert.DoesNotContain("offers", made.Text, StringComparison.Ordinal);
    }
}
