using System.Net;
using System.Text.Json.Nodes;
using Support;

namespace Identity.Tests.Scim;

/// <summary>Groups and who is in them (RFC 7643, 4.2).</summary>
public sealed class KeepingGroups(IdentityApp identity) : IClassFixture<IdentityApp>
{
    [Fact]
    public async Task A_group_has_the_members_it_was_given_and_they_know_it()
    {
        var directory = await Directory.OfANewTenantAsync(identity);
        var (ann, bob) = (await directory.AddAsync("ann@company.test"), await directory.AddAsync("bob@company.test"));

        var added = await AddAsync(directory, "Sales", ann, bob);

        Assert.Equal(HttpStatusCode.Created, added.Status);
        Assert.Equal([ann, bob], Members(added));
        Assert.Equal("Sales", (await directory.SendAsync(HttpMethod.Get, "Users/" + ann)).Body.GetProperty("groups")[0].GetProperty("display").GetString());
    }

    [Fact]
    public async Task Members_come_and_go()
    {
        var directory = await Directory.OfANewTenantAsync(identity);
        var (ann, bob, carl) = (await directory.AddAsync("ann@company.test"), await directory.AddAsync("bob@company.test"), await directory.AddAsync("carl@company.test"));
        var id = (await AddAsync(directory, "Sales", ann))["id"];

        var joined = await directory.SendAsync(HttpMethod.Patch, "Groups/" + id, Directory.Patch(Directory.Operation("add", "members", Values(bob, carl, ann))));
        Assert.Equal([ann, bob, carl], Members(joined));
        var left = await directory.SendAsync(HttpMethod.Patch, "Groups/" + id, Directory.Patch(Directory.Operation("remove", $"members[value eq \"{ann}\"]", null)));
        Assert.Equal([bob, carl], Members(left));
        // As one large directory sends it.
        var asEntra = await directory.SendAsync(HttpMethod.Patch, "Groups/" + id, Directory.Patch(Directory.Operation("Remove", "members", Values(bob))));
        Assert.Equal([carl], Members(asEntra));
        await directory.SendAsync(HttpMethod.Delete, "Users/" + carl);
        var empty = await directory.SendAsync(HttpMethod.Get, "Groups/" + id);
        Assert.Empty(Members(empty));
        Assert.NotEqual(asEntra.ETag, empty.ETag);
        Assert.Equal(["scim.group_added", "scim.group_changed", "scim.group_changed", "scim.group_changed"], await identity.AuditAsync(id!));
    }

    [Fact]
    public async Task A_member_is_of_the_same_tenant_or_the_group_stays_as_it_was()
    {
        var (mine, other) = (await Directory.OfANewTenantAsync(identity), await Directory.OfANewTenantAsync(identity));
        var (ann, theirs) = (await mine.AddAsync("ann@company.test"), await other.AddAsync("bob@company.test"));
        var id = (await AddAsync(mine, "Sales", ann))["id"];

        foreach (var stranger in new[] { theirs, "nobody" })
        {
            var refused = await mine.SendAsync(HttpMethod.Put, "Groups/" + id, new JsonObject { ["displayName"] = "Changed", ["members"] = Values(stranger) });
            Assert.Equal((HttpStatusCode.BadRequest, "invalidValue"), (refused.Status, refused["scimType"]));
        }

        var group = await mine.SendAsync(HttpMethod.Get, "Groups/" + id);
        Assert.Equal("Sales", group["displayName"]);
        Assert.Equal([ann], Members(group));
        Assert.Equal(HttpStatusCode.NotFound, (await other.SendAsync(HttpMethod.Get, "Groups/" + id)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await other.SendAsync(HttpMethod.Delete, "Groups/" + id)).Status);
    }

    [Fact]
    public async Task A_name_is_used_once_and_a_group_can_be_found_by_it()
    {
        var directory = await Directory.OfANewTenantAsync(identity);
        await AddAsync(directory, "Sales");
        await AddAsync(directory, "Support");

        Assert.Equal((HttpStatusCode.Conflict, "uniqueness"), ((await AddAsync(directory, "SALES")).Status, (await AddAsync(directory, "SALES"))["scimType"]));
        var found = await directory.SendAsync(HttpMethod.Get, "Groups?excludedAttributes=members&filter=" + Uri.EscapeDataString("displayName eq \"sales\""));
        Assert.Equal("1", found["totalResults"]);
        Assert.False(found.Body.GetProperty("Resources")[0].TryGetProperty("members", out _));
    }

    [Fact]
    public async Task A_group_that_is_removed_leaves_its_people()
    {
        var directory = await Directory.OfANewTenantAsync(identity);
        var ann = await directory.AddAsync("ann@company.test");
        var group = await AddAsync(directory, "Sales", ann);

        Assert.Equal(HttpStatusCode.PreconditionFailed, (await directory.SendAsync(HttpMethod.Delete, "Groups/" + group["id"], ifMatch: "W/\"another\"")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await directory.SendAsync(HttpMethod.Delete, "Groups/" + group["id"], ifMatch: group.ETag)).Status);

        Assert.Equal("[]", (await directory.SendAsync(HttpMethod.Get, "Users/" + ann))["groups"]);
        Assert.Contains("scim.group_removed", await identity.AuditAsync(group["id"]!));
    }

    static Task<ScimAnswer> AddAsync(Directory directory, string name, params string[] members) =>
        directory.SendAsync(HttpMethod.Post, "Groups", new JsonObject { ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:Group"), ["displayName"] = name, ["members"] = Values(members) });

    static JsonArray Values(params string[] ids) => new([.. ids.Select(id => new JsonObject { ["value"] = id })]);

    static IEnumerable<string> Members(ScimAnswer answer) => answer.Body.GetProperty("members").EnumerateArray().Select(member => member.GetProperty("value").GetString()!);
}
