using System.Net;
using System.Text.Json.Nodes;
using Support;

namespace Identity.Tests.Scim;

/// <summary>A tenant's directory adds, changes and removes people (RFC 7644, 3.3 to 3.6).</summary>
public sealed class KeepingPeople(IdentityApp identity) : IClassFixture<IdentityApp>
{
    [Fact]
    public async Task A_person_is_entered_read_and_shown_as_entered()
    {
        var directory = await Directory.OfANewTenantAsync(identity);

        var added = await directory.SendAsync(HttpMethod.Post, "Users", Directory.Person("ann@company.test", person =>
        {
            person["externalId"] = "e-1";
            person["preferredLanguage"] = "zh-Hans-CN";
        }));

        Assert.Equal(HttpStatusCode.Created, added.Status);
        Assert.Equal("application/scim+json", added.Headers.Content.Headers.ContentType!.MediaType);
        Assert.Equal(($"https://identity.test/scim/v2/Users/{added["id"]}", "e-1", "ann@company.test", "Ann Example", "zh-CN", "True"),
            (added.Headers.Headers.Location!.ToString(), added["externalId"], added["userName"], added["displayName"], added["preferredLanguage"], added["active"]));
        var read = await directory.SendAsync(HttpMethod.Get, "Users/" + added["id"]);
        Assert.Equal((added.Text, added.ETag), (read.Text, read.ETag));
        Assert.Equal(HttpStatusCode.NotModified, (await directory.SendAsync(HttpMethod.Get, "Users/" + added["id"], ifNoneMatch: read.ETag)).Status);
        Assert.Equal(["scim.person_added"], await identity.AuditAsync(added["id"]!));
    }

    [Fact]
    public async Task A_user_name_is_used_once_in_a_tenant_whatever_its_letters_and_however_many_ask_at_once()
    {
        var (directory, other) = (await Directory.OfANewTenantAsync(identity), await Directory.OfANewTenantAsync(identity));

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(number => directory.SendAsync(HttpMethod.Post, "Users", Directory.Person(number % 2 == 0 ? "bob@company.test" : "BOB@company.test"))));

        Assert.Single(answers, answer => answer.Status is HttpStatusCode.Created);
        Assert.All(answers.Where(answer => answer.Status is not HttpStatusCode.Created), answer => Assert.Equal((HttpStatusCode.Conflict, "uniqueness"), (answer.Status, answer["scimType"])));
        Assert.Equal(HttpStatusCode.Created, (await other.SendAsync(HttpMethod.Post, "Users", Directory.Person("bob@company.test"))).Status);
    }

    [Fact]
    public async Task An_address_is_one_to_sign_in_with_only_in_a_proven_domain_and_nobody_learns_who_has_an_account()
    {
        var elsewhere = await identity.AnAccountAsync("taken@proven.test");
        var directory = await Directory.OfANewTenantAsync(identity, "proven.test");

        var mine = await directory.AddAsync("ours@proven.test");
        var foreign = await directory.AddAsync("somebody@elsewhere.test");
        var taken = await directory.AddAsync(elsewhere.Email);

        Assert.Equal(["OURS@PROVEN.TEST:True"], await AddressAsync(mine));
        Assert.Equal([":False"], await AddressAsync(foreign));
        Assert.Equal([":True"], await AddressAsync(taken));
        Assert.Equal(["TAKEN@PROVEN.TEST:True"], await AddressAsync(elsewhere.Subject));
    }

    [Fact]
    public async Task Who_is_no_longer_active_has_no_session_and_no_token_left()
    {
        var directory = await Directory.OfANewTenantAsync(identity, "leaving.test");
        var id = await directory.AddAsync("leaving@leaving.test");
        var visitor = await identity.SignedInAsync(new(id, "leaving@leaving.test", "Ann Example"));
        var tokens = await new RelyingParty(identity).TokensAsync(visitor);
        Assert.Equal(HttpStatusCode.OK, await UserInfoAsync(tokens.AccessToken));

        var changed = await directory.SendAsync(HttpMethod.Patch, "Users/" + id, Directory.Patch(Directory.Operation("Replace", "active", "False")));

        Assert.Equal((HttpStatusCode.OK, "False"), (changed.Status, changed["active"]));
        Assert.Equal(HttpStatusCode.Unauthorized, await UserInfoAsync(tokens.AccessToken));
        Assert.Equal("login_required", (await new RelyingParty(identity).AskAsync(visitor, ("prompt", "none")))["error"]);
        Assert.Equal(["scim.person_added", "scim.person_deactivated"], (await identity.AuditAsync(id)).Where(action => action.StartsWith("scim.", StringComparison.Ordinal)));
        Assert.Equal("True", (await directory.SendAsync(HttpMethod.Patch, "Users/" + id, Directory.Patch(Directory.Operation("replace", null, new JsonObject { ["active"] = true }))))["active"]);
        Assert.Equal("login_required", (await new RelyingParty(identity).AskAsync(visitor, ("prompt", "none")))["error"]);
        Assert.Contains("scim.person_activated", await identity.AuditAsync(id));
    }

    [Fact]
    public async Task A_person_that_is_removed_is_gone_with_all_that_was_theirs()
    {
        var directory = await Directory.OfANewTenantAsync(identity, "gone.test");
        var id = await directory.AddAsync("gone@gone.test");
        var visitor = await identity.SignedInAsync(new(id, "gone@gone.test", "Ann Example"));
        var tokens = await new RelyingParty(identity).TokensAsync(visitor);

        Assert.Equal(HttpStatusCode.NoContent, (await directory.SendAsync(HttpMethod.Delete, "Users/" + id)).Status);

        Assert.Equal(HttpStatusCode.NotFound, (await directory.SendAsync(HttpMethod.Get, "Users/" + id)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await directory.SendAsync(HttpMethod.Delete, "Users/" + id)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, await UserInfoAsync(tokens.AccessToken));
        Assert.Equal([1L], await identity.Database.ListAsync<long>("select count(*) from outbox_message where kind = 'back_channel_logout' and payload ->> 'subject' = @id", new { id }));
        Assert.Equal(["scim.person_added", "scim.person_removed"], (await identity.AuditAsync(id)).Where(action => action.StartsWith("scim.", StringComparison.Ordinal)));
        Assert.Equal([directory.TenantId], await identity.Database.ListAsync<long>("select unnest(partner_ids) from audit_entry where subject_number = @id and action = 'scim.person_removed'", new { id }));
        Assert.NotEqual(id, await directory.AddAsync("gone@gone.test"));
    }

    [Fact]
    public async Task A_change_that_rests_on_an_old_version_is_refused()
    {
        var directory = await Directory.OfANewTenantAsync(identity);
        var id = await directory.AddAsync("version@company.test");
        var old = (await directory.SendAsync(HttpMethod.Get, "Users/" + id)).ETag;

        var first = await directory.SendAsync(HttpMethod.Put, "Users/" + id, Directory.Person("version@company.test", person => person["displayName"] = "New Name"), ifMatch: old);

        Assert.Equal((HttpStatusCode.OK, "New Name"), (first.Status, first["displayName"]));
        Assert.NotEqual(old, first.ETag);
        Assert.Contains("scim.person_changed", await identity.AuditAsync(id));
        foreach (var (method, body) in new (HttpMethod, JsonNode?)[] { (HttpMethod.Put, Directory.Person("x@company.test")), (HttpMethod.Patch, Directory.Patch(Directory.Operation("replace", "active", false))), (HttpMethod.Delete, null) })
        {
            Assert.Equal(HttpStatusCode.PreconditionFailed, (await directory.SendAsync(method, "Users/" + id, body, ifMatch: old)).Status);
        }

        Assert.Equal((HttpStatusCode.OK, "New Name"), ((await directory.SendAsync(HttpMethod.Get, "Users/" + id)).Status, (await directory.SendAsync(HttpMethod.Get, "Users/" + id))["displayName"]));
    }

    [Fact]
    public async Task Another_tenants_people_are_not_there()
    {
        var (mine, other) = (await Directory.OfANewTenantAsync(identity), await Directory.OfANewTenantAsync(identity));
        var id = await other.AddAsync("theirs@company.test", person => person["externalId"] = "x-1");

        foreach (var (method, body) in new (HttpMethod, JsonNode?)[] { (HttpMethod.Get, null), (HttpMethod.Put, Directory.Person("mine@company.test")), (HttpMethod.Patch, Directory.Patch(Directory.Operation("replace", "active", false))), (HttpMethod.Delete, null) })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await mine.SendAsync(method, "Users/" + id, body)).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await mine.SendAsync(method, "Users/x-1", body)).Status);
        }

        Assert.Empty(await mine.UserNamesAsync("userName pr"));
        Assert.Equal("True", (await other.SendAsync(HttpMethod.Get, "Users/" + id))["active"]);
    }

    [Fact]
    public async Task A_password_tenant_id_or_meta_that_is_sent_changes_nothing()
    {
        var directory = await Directory.OfANewTenantAsync(identity);

        var added = await directory.SendAsync(HttpMethod.Post, "Users", Directory.Person("quiet@company.test", person =>
        {
            person["password"] = "correct horse battery staple";
            person["id"] = "mine";
            person["tenant"] = "northlight";
            person["administers"] = "installation";
            person["meta"] = new JsonObject { ["created"] = "2001-01-01T00:00:00Z" };
        }));

        Assert.Equal(HttpStatusCode.Created, added.Status);
        Assert.NotEqual("mine", added["id"]);
        Assert.DoesNotContain("password", added.Text);
        Assert.Equal([(directory.TenantId, true, true)], await identity.Database.ListAsync<(long, bool, bool)>("select tenant_id, password_hash is null, administers is null from account where subject = @id", new { id = added["id"] }));
        Assert.Equal("mutability", (await directory.SendAsync(HttpMethod.Patch, "Users/" + added["id"], Directory.Patch(Directory.Operation("replace", "id", "mine"))))["scimType"]);
    }

    [Fact]
    public async Task Roles_are_of_the_companys_own_list()
    {
        var directory = await Directory.OfANewTenantAsync(identity);

        var id = await directory.AddAsync("sales@company.test", person => person["roles"] = new JsonArray(new JsonObject { ["value"] = "sales" }));

        foreach (var role in new[] { "brand_admin", "partner_admin", "nonsense" })
        {
            var refused = await directory.SendAsync(HttpMethod.Patch, "Users/" + id, Directory.Patch(Directory.Operation("add", "roles", new JsonArray(new JsonObject { ["value"] = role }))));
            Assert.Equal((HttpStatusCode.BadRequest, "invalidValue", $"The role {role} is not one that this directory may give."), (refused.Status, refused["scimType"], refused["detail"]));
        }

        Assert.Equal(["sales"], (await identity.Database.ListAsync<string[]>("select roles from account where subject = @id", new { id })).Single());
    }

    [Theory]
    [InlineData("{}", "invalidValue")]
    [InlineData("{\"userName\":\" \"}", "invalidValue")]
    [InlineData("{\"userName\":7}", "invalidValue")]
    [InlineData("{\"userName\":\"a\\u0000b\"}", "invalidValue")]
    [InlineData("{\"userName\":\"a\",\"emails\":[{\"value\":\"nobody\"}]}", "invalidValue")]
    [InlineData("{\"userName\":\"a\",\"emails\":\"a@b.test\"}", "invalidValue")]
    [InlineData("{\"userName\":\"a\",\"active\":\"perhaps\"}", "invalidValue")]
    [InlineData("{\"userName\":\"a\",\"roles\":[{}]}", "invalidValue")]
    public async Task What_makes_no_sense_is_refused_naming_the_attribute(string body, string scimType)
    {
        var directory = await Directory.OfANewTenantAsync(identity);

        var answer = await directory.SendAsync(HttpMethod.Post, "Users", JsonNode.Parse(body));

        Assert.Equal((HttpStatusCode.BadRequest, scimType), (answer.Status, answer["scimType"]));
        Assert.Matches("userName|emails|active|role", answer["detail"]);
    }

    Task<List<string>> AddressAsync(string subject) =>
        identity.Database.ListAsync<string>("select coalesce(normalized_email, '') || ':' || case when email_confirmed then 'True' else 'False' end from account where subject = @subject", new { subject });

    async Task<HttpStatusCode> UserInfoAsync(string accessToken)
    {
        using var program = identity.Program();
        program.DefaultRequestHeaders.Authorization = new("Bearer", accessToken);
        return (await program.GetAsync("/connect/userinfo")).StatusCode;
    }
}
