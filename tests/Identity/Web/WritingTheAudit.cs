using System.Text.RegularExpressions;
using Identity.Tests.Administration;
using Support;

namespace Identity.Tests.Web;

public sealed partial class WritingTheAudit(IdentityApp identity) : IClassFixture<IdentityApp>
{
    [Fact]
    public async Task A_row_says_when_whose_from_where_in_which_request_and_why()
    {
        var person = await identity.APersonOfAsync("audited");
        await identity.Visitor().SubmitAsync("/sign-in", ("Email", person.Email), ("Password", "not the password"));

        var row = Assert.Single(await identity.Database.ListAsync<Row>("""
            select e.happened_at, e.actor, e.correlation_id, e.partner_ids, e.details ->> 'reason' as reason, e.details ->> 'address' as address
            from audit_entry e where e.subject_number = @Subject and e.action = 'sign_in.refused'
            """, person));
        Assert.Equal(identity.Clock.Now.UtcDateTime, row.HappenedAt, TimeSpan.FromMilliseconds(1));
        Assert.Equal((DateTimeKind.Utc, "identity:request", "wrong_password"), (row.HappenedAt.Kind, row.Actor, row.Reason));
        Assert.Matches("^[0-9a-f]{32}$", row.CorrelationId);
        Assert.NotEmpty(row.Address);
        Assert.Equal([await identity.TenantAsync("audited")], row.PartnerIds);
    }

    [Fact]
    public async Task What_somebody_does_is_theirs_and_names_the_client()
    {
        var person = await identity.AnAccountAsync();
        await new RelyingParty(identity).TokensAsync(await identity.SignedInAsync(person));

        Assert.Equal(["portal"], await identity.Database.ListAsync<string>("select details ->> 'client' from audit_entry where action = 'code.issued' and actor = 'account:' || @Subject", person));
    }

    [Fact]
    public void Every_kind_of_act_is_seen_by_a_test()
    {
        var written =
            from file in Sources("identity")
            from Match call in Recorded().Matches(file)
            from Match act in Act().Matches(call.Value)
            let name = act.Groups["name"].Value
            where !name.Contains(".mail.", StringComparison.Ordinal)
            select name;
        var tests = string.Concat(Sources("tests/Identity"));

        var acts = written.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();

        Assert.InRange(acts.Count, 80, 200);
        Assert.Equal([], acts.Where(act => !tests.Contains($"\"{act}\"", StringComparison.Ordinal) && !tests.Contains($"'{act}'", StringComparison.Ordinal)));
    }

    static IEnumerable<string> Sources(string folder) => Directory.EnumerateFiles(Path.Combine(Repository.Folder, folder), "*.cs", SearchOption.AllDirectories)
        .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .Select(File.ReadAllText);

    // Up to what the act was done to: more than one act may stand there, the one or the other.
    [GeneratedRegex(@"(?:RecordAsync|FollowUpAsync)\([^;]*?;", RegexOptions.ExplicitCapture)]
    private static partial Regex Recorded();

    [GeneratedRegex(@"""(?<name>[a-z_]+(\.[a-z_]+)+|sign_out)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Act();

    sealed class Row
    {
        public DateTime HappenedAt { get; init; }

        public string Actor { get; init; } = "";

        public string CorrelationId { get; init; } = "";

        public long[] PartnerIds { get; init; } = [];

        public string Reason { get; init; } = "";

        public string Address { get; init; } = "";
    }
}
