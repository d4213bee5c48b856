using System.Net;
using Identity.Web;
using Support;

namespace Identity.Tests.Keys;

public sealed class SharingAKey
{
    [Fact]
    public async Task Two_instances_that_start_together_make_one_key_of_each_kind_and_take_each_others_work_at_every_step()
    {
        var first = new IdentityApp();
        await first.InitializeAsync();
        await first.Database.ExecuteAsync("truncate signing_key");
        await first.DisposeOfInstanceAsync();
        IdentityApp[] instances = [first.Another(), first.Another()];

        await Task.WhenAll(instances.Select(instance => Task.Run(instance.Start)));

        Assert.Equal(["ES256 1", "RS256 1"], await first.Database.ListAsync<string>("select algorithm || ' ' || count(*) from signing_key group by algorithm order by algorithm"));
        await SignInAlternatinglyAsync(instances[0], instances[1]);
        await instances[0].DisposeAsync();
        await instances[1].DisposeAsync();
        await first.DisposeAsync();
    }

    [Fact]
    public async Task The_private_key_is_not_readable_in_the_database()
    {
        var identity = new IdentityApp();
        await identity.InitializeAsync();

        var stored = (await identity.Database.ListAsync<string>("select k::text from signing_key k union all select xml from data_protection_key")).ToList();

        Assert.DoesNotContain(stored, text => text.Contains("PRIVATE", StringComparison.Ordinal) || text.Contains("\"d\"", StringComparison.Ordinal) || text.Contains("<masterKey", StringComparison.Ordinal));
        Assert.Contains(stored, text => text.Contains("KeyFileDecryptor", StringComparison.Ordinal));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(identity.Files, "secrets", "data-protection-identity")));
        await identity.DisposeAsync();
    }

    [Fact]
    public async Task With_another_key_file_the_start_stops_and_says_why()
    {
        var identity = new IdentityApp();
        await identity.InitializeAsync();
        await identity.DisposeOfInstanceAsync();
        await File.WriteAllTextAsync(Path.Combine(identity.Files, "secrets", "data-protection-identity"), new string('x', 43));

        var errors = new StringWriter();
        Console.SetError(errors);
        var exitCode = await CommandLine.RunAsync(["serve", "--environment=Testing", $"--Portal:DataFolder={identity.Files}", "--Identity:Url=http://127.0.0.1:1", .. identity.Database.Settings.Select(setting => $"--{setting.Key}={setting.Value}")]);

        Assert.Equal(78, exitCode);
        Assert.Equal("The signing key in the database was encrypted with another key file or certificate. Restore DataProtection__KeyFile (or secrets/data-protection-identity in the data folder) that belongs to this database.", errors.ToString().Trim());
        await identity.DisposeAsync();
    }

    static async Task SignInAlternatinglyAsync(IdentityApp one, IdentityApp other)
    {
        var account = await one.AnAccountAsync();
        var portal = new RelyingParty(one);
        var (here, there) = (one.Visitor(), other.Visitor());
        var page = await here.GetAsync(await portal.RequestAsync());
        there.Cookies.Add(here.Cookies.Find("__Host-identity-antiforgery")!);
        var answer = new AuthorizationAnswer(await there.SubmitAsync(page, ("Email", account.Email), ("Password", IdentityApp.Password)));
        var tokens = await portal.RedeemAsync(answer.Code);
        using var program = other.Program();
        program.DefaultRequestHeaders.Authorization = new("Bearer", tokens.AccessToken);
        Assert.Equal(HttpStatusCode.OK, (await program.GetAsync("/connect/userinfo")).StatusCode);
        here.Cookies.Add(there.Cookies.Find("__Host-identity")!);
        var again = await new RelyingParty(other).AskAsync(here, ("prompt", "none"), ("id_token_hint", tokens.IdToken));
        Assert.NotNull(again["code"]);
    }
}
