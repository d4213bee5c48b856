using Identity.PasswordReset;
using Identity.Users;
using Microsoft.Extensions.DependencyInjection;
using Platform.Demo;
using Support;

namespace Identity.Tests.Users;

public sealed class AddingAnAccount(IdentityApp identity) : IClassFixture<IdentityApp>
{
    [Fact]
    public async Task The_first_person_gets_a_link_from_the_command_line()
    {
        var printed = await AddAsync("first@company.test", "Fiona First");
        Assert.StartsWith("first@company.test has an account now; its subject is ", printed);

        var visitor = identity.Visitor();
        await visitor.GetOnlyAsync(printed[printed.IndexOf("https://", StringComparison.Ordinal)..].Trim());
        await visitor.SubmitAsync("/password-reset/new", ("Password", "seven quiet otters"), ("Repeated", "seven quiet otters"));
        var home = await visitor.SubmitAsync("/sign-in", ("Email", "FIRST@company.test"), ("Password", "seven quiet otters"));

        Assert.Equal("Hello, Fiona First", home.Text("h1"));
    }

    [Fact]
    public async Task An_address_has_one_account_whatever_its_case()
    {
        var account = await identity.AnAccountAsync("twice@company.test");

        Assert.StartsWith($"Twice@Company.Test has an account already; its subject is {account.Subject}.", await AddAsync("Twice@Company.Test", "Somebody"));
    }

    [Fact]
    public async Task Of_many_at_the_same_moment_one_is_made()
    {
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => AddAsync("rival@company.test", "Rival")));

        Assert.Equal([1L], await identity.Database.ListAsync<long>("select count(*) from account where email = 'rival@company.test'"));
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("a b@company.test")]
    [InlineData("Somebody <somebody@company.test>")]
    public async Task What_is_no_address_is_refused(string email) => Assert.Equal($"'{email}' is not an e-mail address.", (await AddAsync(email, null)).Trim());

    [Fact]
    public async Task The_subject_never_changes()
    {
        var account = await identity.AnAccountAsync();

        var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => identity.Database.ExecuteAsync("update account set subject = 'abcdefabcdefabcdef' where subject = @Subject", account));

        Assert.Equal("The subject of an account never changes.", refused.MessageText);
    }

    [Fact]
    public async Task The_demonstration_is_made_once_with_the_subjects_the_portal_expects()
    {
        await identity.AsTheProductAsync(async services =>
        {
            var seed = services.GetRequiredService<Identity.Demo.SeedDemo>();
            await seed.RunAsync(TextWriter.Null, CancellationToken.None);
            await seed.RunAsync(TextWriter.Null, CancellationToken.None);
        });

        foreach (var person in DemoAccounts.People)
        {
            Assert.Equal([person.Subject], await identity.Database.ListAsync<string>("select subject from account where email = @Email", person));
        }

        var visitor = identity.Visitor();
        Assert.Equal("Hello, 徐磊", (await visitor.SubmitAsync("/sign-in", ("Email", "sales@huaxin.example"), ("Password", DemoAccounts.Password))).Text("h1"));
        var token = await new RelyingParty(identity, "demo-erp-huaxin") { Secret = DemoAccounts.ApiClientSecret }.TokenAsync([new("grant_type", "client_credentials"), new("scope", "portal.api")]);
        Assert.Equal("demo-erp-huaxin", TokenAnswer.Claims(token.AccessToken).GetProperty("sub").GetString());
    }

    async Task<string> AddAsync(string email, string? name)
    {
        var output = new StringWriter();
        await identity.AsTheProductAsync(services => services.GetRequiredService<AddUserVerb>().RunAsync(email, name, null, output, CancellationToken.None));
        return output.ToString();
    }
}
