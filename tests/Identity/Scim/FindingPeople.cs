using System.Net;
using System.Text.Json.Nodes;
using Support;

namespace Identity.Tests.Scim;

/// <summary>Filters, sorting and pages (RFC 7644, 3.4.2).</summary>
public sealed class FindingPeople(FindingPeople.FilledDirectory filled) : IClassFixture<FindingPeople.FilledDirectory>
{
    [Theory]
    [InlineData("userName eq \"ANN@company.test\"", "ann@company.test")]
    [InlineData("USERNAME EQ \"ann@company.test\"", "ann@company.test")]
    [InlineData("urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"ann@company.test\"", "ann@company.test")]
    [InlineData("userName ne \"ann@company.test\"", "bob@company.test carl@other.test")]
    [InlineData("userName co \"COMPANY\"", "ann@company.test bob@company.test")]
    [InlineData("userName sw \"b\"", "bob@company.test")]
    [InlineData("userName ew \"other.test\"", "carl@other.test")]
    [InlineData("externalId eq \"E-1\"", "ann@company.test")]
    [InlineData("externalId eq \"e-1\"", "")]
    [InlineData("externalId pr", "ann@company.test")]
    [InlineData("not (externalId pr)", "bob@company.test carl@other.test")]
    [InlineData("active eq false", "carl@other.test")]
    [InlineData("active eq true and name.familyName eq \"stone\"", "bob@company.test")]
    [InlineData("name.familyName gt \"m\"", "bob@company.test carl@other.test")]
    [InlineData("name.familyName le \"m\"", "ann@company.test")]
    [InlineData("userName sw \"a\" or userName sw \"b\" and active eq false", "ann@company.test")]
    [InlineData("(userName sw \"a\" or userName sw \"b\") and active eq true", "ann@company.test bob@company.test")]
    [InlineData("emails eq \"private@home.test\"", "ann@company.test")]
    [InlineData("emails.value ew \"home.test\"", "ann@company.test")]
    [InlineData("emails[type eq \"home\" and value co \"private\"]", "ann@company.test")]
    [InlineData("emails[type eq \"work\" and value co \"private\"]", "")]
    [InlineData("roles eq \"sales\"", "bob@company.test")]
    [InlineData("groups.display eq \"Everybody\"", "ann@company.test bob@company.test")]
    [InlineData("meta.lastModified ge \"2001-01-01T00:00:00Z\"", "ann@company.test bob@company.test carl@other.test")]
    [InlineData("meta.created lt \"2001-01-01T00:00:00Z\"", "")]
    [InlineData("displayName eq \"O'Brien; drop table account; --\"", "")]
    [InlineData("userName co \"%\"", "")]
    [InlineData("userName co \"_nn\"", "")]
    public async Task A_filter_finds_whom_it_says(string filter, string userNames) =>
        Assert.Equal(userNames.Split(' ', StringSplitOptions.RemoveEmptyEntries), await filled.Directory.UserNamesAsync(filter));

    [Theory]
    [InlineData("userName")]
    [InlineData("userName eq")]
    [InlineData("userName eq ann")]
    [InlineData("userName eq \"ann")]
    [InlineData("userName is \"ann\"")]
    [InlineData("userName eq \"a\" and")]
    [InlineData("(userName eq \"a\"")]
    [InlineData("userName eq \"a\")")]
    [InlineData("emails[type eq \"work\"")]
    [InlineData("not userName eq \"a\"")]
    [InlineData("nickName eq \"a\"")]
    [InlineData("emails.colour eq \"a\"")]
    [InlineData("active gt true")]
    [InlineData("active eq \"true\"")]
    [InlineData("userName eq 7")]
    [InlineData("meta.created gt \"yesterday\"")]
    [InlineData("userName eq \"a\\u0000\"")]
    [InlineData("tenant_id eq 1")]
    public async Task A_filter_that_makes_no_sense_says_where(string filter)
    {
        var answer = await filled.Directory.SendAsync(HttpMethod.Get, "Users?filter=" + Uri.EscapeDataString(filter));

        Assert.Equal((HttpStatusCode.BadRequest, "invalidFilter"), (answer.Status, answer["scimType"]));
    }

    [Fact]
    public async Task Filters_are_bounded_in_length_depth_and_number()
    {
        foreach (var filter in new[]
        {
            $"userName eq \"{new string('a', 2000)}\"",
            new string('(', 25) + "userName pr" + new string(')', 25),
            string.Join(" or ", Enumerable.Repeat("id pr", 51)),
        })
        {
            var body = new JsonObject { ["schemas"] = new JsonArray("urn:ietf:params:scim:api:messages:2.0:SearchRequest"), ["filter"] = filter };
            Assert.Equal("invalidFilter", (await filled.Directory.SendAsync(HttpMethod.Post, "Users/.search", body))["scimType"]);
        }
    }

    [Theory]
    [InlineData("sortBy=userName&sortOrder=descending", "carl@other.test bob@company.test ann@company.test")]
    [InlineData("sortBy=name.familyName", "ann@company.test bob@company.test carl@other.test")]
    [InlineData("startIndex=2&count=1&sortBy=userName", "bob@company.test")]
    [InlineData("startIndex=-3&count=2&sortBy=userName", "ann@company.test bob@company.test")]
    [InlineData("startIndex=9", "")]
    [InlineData("count=0", "")]
    public async Task Lists_are_sorted_and_paged(string query, string userNames)
    {
        var answer = await filled.Directory.SendAsync(HttpMethod.Get, "Users?" + query);

        Assert.Equal("3", answer["totalResults"]);
        Assert.Equal(userNames.Split(' ', StringSplitOptions.RemoveEmptyEntries), answer.Body.GetProperty("Resources").EnumerateArray().Select(person => person.GetProperty("userName").GetString()!));
    }

    [Fact]
    public async Task Only_what_is_asked_for_is_told()
    {
        var some = await filled.Directory.SendAsync(HttpMethod.Get, "Users?attributes=username,emails.value&count=1&sortBy=userName");
        var most = await filled.Directory.SendAsync(HttpMethod.Get, "Users?excludedAttributes=emails,meta&count=1&sortBy=userName");

        Assert.Equal(["schemas", "id", "userName", "emails"], Names(some));
        Assert.DoesNotContain("emails", Names(most));
        Assert.DoesNotContain("meta", Names(most));
        Assert.Contains("userName", Names(most));
    }

    [Theory]
    [InlineData("count=ten")]
    [InlineData("startIndex=1.5")]
    public async Task Numbers_are_numbers(string query) => Assert.Equal("invalidValue", (await filled.Directory.SendAsync(HttpMethod.Get, "Users?" + query))["scimType"]);

    static IEnumerable<string> Names(ScimAnswer answer) => answer.Body.GetProperty("Resources")[0].EnumerateObject().Select(member => member.Name);

    /// <summary>Three people and a group.</summary>
    public sealed class FilledDirectory : IdentityApp
    {
        internal Directory Directory { get; private set; } = null!;

        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            Directory = await Directory.OfANewTenantAsync(this);
            var ann = await Directory.AddAsync("ann@company.test", person =>
            {
                person["externalId"] = "E-1";
                person["emails"]!.AsArray().Add(new JsonObject { ["value"] = "private@home.test", ["type"] = "home" });
            });
            var bob = await Directory.AddAsync("bob@company.test", person =>
            {
                person["name"]!["familyName"] = "Stone";
                person["roles"] = new JsonArray(new JsonObject { ["value"] = "sales" });
            });
            await Directory.AddAsync("carl@other.test", person =>
            {
                person["name"]!["familyName"] = "Wood";
                person["active"] = false;
            });
            await Directory.SendAsync(HttpMethod.Post, "Groups", new JsonObject
            {
                ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:Group"), ["displayName"] = "Everybody",
                ["members"] = new JsonArray(new JsonObject { ["value"] = ann }, new JsonObject { ["value"] = bob }),
            });
        }
    }
}
