using System.Net;
using System.Text.Json.Nodes;
using Support;

namespace Identity.Tests.Scim;

/// <summary>PATCH (RFC 7644, 3.5.2), also as the large directories really send it.</summary>
public sealed class PatchingPeople(IdentityApp identity) : IClassFixture<IdentityApp>
{
    [Fact]
    public async Task Parts_are_set_added_and_removed()
    {
        var (directory, id) = await APersonAsync();

        var answer = await directory.SendAsync(HttpMethod.Patch, "Users/" + id, Directory.Patch(
            Directory.Operation("replace", "name.familyName", "Stone"),
            Directory.Operation("add", "displayName", "Ann S."),
            Directory.Operation("add", "externalId", "e-9"),
            Directory.Operation("add", "emails", new JsonArray(new JsonObject { ["value"] = "ann@home.test", ["type"] = "home" }))));

        Assert.Equal((HttpStatusCode.OK, "Ann S.", "e-9"), (answer.Status, answer["displayName"], answer["externalId"]));
        Assert.Equal(("Stone", "Ann"), (answer.Body.GetProperty("name").GetProperty("familyName").GetString(), answer.Body.GetProperty("name").GetProperty("givenName").GetString()));
        Assert.Equal(["ann@company.test", "ann@home.test"], Emails(answer));

        var removed = await directory.SendAsync(HttpMethod.Patch, "Users/" + id, Directory.Patch(
            Directory.Operation("remove", "emails[type eq \"home\"]", null), Directory.Operation("remove", "externalId", null)));

        Assert.Equal(["ann@company.test"], Emails(removed));
        Assert.Null(removed["externalId"]);
    }

    [Fact]
    public async Task Large_directories_are_understood()
    {
        var (directory, id) = await APersonAsync();

        var answer = await directory.SendAsync(HttpMethod.Patch, "Users/" + id, Directory.Patch(
            Directory.Operation("Replace", "emails[type eq \"work\"].value", "ann.stone@company.test"),
            Directory.Operation("Add", null, new JsonObject { ["name.givenName"] = "Anna", ["urn:ietf:params:scim:schemas:core:2.0:User:displayName"] = "Anna Stone" }),
            Directory.Operation("Replace", "active", "True"),
            Directory.Operation("Add", "emails[type eq \"other\"].value", "anna@other.test")));

        Assert.Equal((HttpStatusCode.OK, "Anna Stone", "True"), (answer.Status, answer["displayName"], answer["active"]));
        Assert.Equal("Anna", answer.Body.GetProperty("name").GetProperty("givenName").GetString());
        Assert.Equal(["ann.stone@company.test", "anna@other.test"], Emails(answer));
    }

    [Theory]
    [InlineData("replace", "meta.version", "\"x\"", "mutability")]
    [InlineData("replace", "groups", "[]", "mutability")]
    [InlineData("remove", null, null, "noTarget")]
    [InlineData("replace", "emails[type eq \"fax\"]", "{\"value\":\"a@b.test\"}", "noTarget")]
    [InlineData("replace", "emails[type eq \"work\"", "\"a\"", "invalidPath")]
    [InlineData("replace", "name.familyName.first", "\"a\"", "invalidPath")]
    [InlineData("replace", "emails[colour is 7].value", "\"a\"", "invalidFilter")]
    [InlineData("move", "userName", "\"a\"", "invalidSyntax")]
    [InlineData("add", null, "\"a\"", "invalidSyntax")]
    [InlineData("remove", "userName", null, "invalidValue")]
    public async Task What_cannot_be_done_changes_nothing(string op, string? path, string? value, string scimType)
    {
        var (directory, id) = await APersonAsync();
        var before = await directory.SendAsync(HttpMethod.Get, "Users/" + id);

        var answer = await directory.SendAsync(HttpMethod.Patch, "Users/" + id,
            Directory.Patch(Directory.Operation("replace", "displayName", "Changed"), Directory.Operation(op, path, value is null ? null : JsonNode.Parse(value))));

        Assert.Equal((HttpStatusCode.BadRequest, scimType), (answer.Status, answer["scimType"]));
        Assert.Equal(before.Text, (await directory.SendAsync(HttpMethod.Get, "Users/" + id)).Text);
    }

    [Theory]
    [InlineData("{\"Operations\":[{\"op\":\"replace\",\"path\":\"displayName\",\"value\":\"x\"}]}")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"]}")]
    [InlineData("{\"schemas\":[\"urn:ietf:params:scim:api:messages:2.0:PatchOp\"],\"Operations\":[]}")]
    [InlineData("[]")]
    public async Task A_patch_says_that_it_is_one_and_what_to_do(string body)
    {
        var (directory, id) = await APersonAsync();

        Assert.Equal("invalidSyntax", (await directory.SendAsync(HttpMethod.Patch, "Users/" + id, JsonNode.Parse(body)))["scimType"]);
    }

    [Fact]
    public async Task Many_at_once_lose_nothing()
    {
        var (directory, id) = await APersonAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(number =>
            directory.SendAsync(HttpMethod.Patch, "Users/" + id, Directory.Patch(Directory.Operation("add", "emails", new JsonArray(new JsonObject { ["value"] = $"ann{number}@company.test" }))))));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(9, Emails(await directory.SendAsync(HttpMethod.Get, "Users/" + id)).Count);
    }

    async Task<(Directory Directory, string Id)> APersonAsync()
    {
        var directory = await Directory.OfANewTenantAsync(identity);
        return (directory, await directory.AddAsync("ann@company.test"));
    }

    static List<string> Emails(ScimAnswer answer) => [.. answer.Body.GetProperty("emails").EnumerateArray().Select(email => email.GetProperty("value").GetString()!).Order(StringComparer.Ordinal)];
}
