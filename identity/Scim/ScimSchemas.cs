using System.Text.Json.Nodes;

namespace Identity.Scim;

/// <summary>What we tell directories of ourselves (RFC 7643, 5 to 7): what there is, and nothing that there is not.</summary>
static class ScimSchemas
{
    public const string User = "urn:ietf:params:scim:schemas:core:2.0:User";
    public const string Group = "urn:ietf:params:scim:schemas:core:2.0:Group";

    /// <summary>What we can do.</summary>
    public static JsonObject ServiceProvider(string issuer) => new()
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"),
        ["patch"] = Supported(true),
        ["bulk"] = new JsonObject { ["supported"] = false, ["maxOperations"] = 0, ["maxPayloadSize"] = 0 },
        ["filter"] = new JsonObject { ["supported"] = true, ["maxResults"] = ScimAnswers.MostPerPage },
        ["changePassword"] = Supported(false),
        ["sort"] = Supported(true),
        ["etag"] = Supported(true),
        ["authenticationSchemes"] = new JsonArray(new JsonObject
        {
            ["type"] = "oauthbearertoken", ["name"] = "Bearer token", ["description"] = "A token of the directory, given out on the administration pages.", ["primary"] = true,
        }),
        ["meta"] = Meta("ServiceProviderConfig", $"{issuer}/scim/v2/ServiceProviderConfig"),
    };

    /// <summary>The kinds of resources.</summary>
    public static IReadOnlyList<JsonObject> ResourceTypes(string issuer) => [ResourceType(issuer, "User", "Users", User, "A person of the company"), ResourceType(issuer, "Group", "Groups", Group, "A group of the directory")];

    /// <summary>The schemas.</summary>
    public static IReadOnlyList<JsonObject> Schemas(string issuer) =>
    [
        Schema(issuer, User, "User", "A person of the company",
            Attribute("userName", "The name the directory knows the person by", required: true, uniqueness: "server"),
            Attribute("externalId", "The directory's own id", caseExact: true),
            Complex("name", "The name", false, Attribute("formatted", "As it is shown"), Attribute("givenName", "The given name"), Attribute("familyName", "The family name")),
            Attribute("displayName", "What pages call the person"),
            Complex("emails", "Addresses; the primary one, else the first, is the person's", true, Attribute("value", "The address", required: true), Attribute("type", "work, home or other"), Attribute("primary", "Whether it is the person's", type: "boolean")),
            Attribute("preferredLanguage", "zh-CN or en"),
            Attribute("active", "Who is not active cannot sign in, and has no session", type: "boolean"),
            Complex("roles", "Roles, of those that the company may give", true, Attribute("value", "The role", required: true)),
            Complex("groups", "The groups the person is in", true, "readOnly", Attribute("value", "The group's id", mutability: "readOnly", caseExact: true), Attribute("display", "The group's name", mutability: "readOnly"))),
        Schema(issuer, Group, "Group", "A group of the directory",
            Attribute("displayName", "Its name", required: true, uniqueness: "server"),
            Attribute("externalId", "The directory's own id", caseExact: true),
            Complex("members", "The people in it", true, Attribute("value", "The person's id", required: true, caseExact: true, mutability: "immutable"), Attribute("display", "The person's name", mutability: "readOnly"))),
    ];

    static JsonObject Supported(bool supported) => new() { ["supported"] = supported };

    static JsonObject Meta(string type, string location) => new() { ["resourceType"] = type, ["location"] = location };

    static JsonObject ResourceType(string issuer, string name, string endpoint, string schema, string description) => new()
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:ResourceType"),
        ["id"] = name, ["name"] = name, ["endpoint"] = "/" + endpoint, ["description"] = description, ["schema"] = schema, ["schemaExtensions"] = new JsonArray(),
        ["meta"] = Meta("ResourceType", $"{issuer}/scim/v2/ResourceTypes/{name}"),
    };

    static JsonObject Schema(string issuer, string id, string name, string description, params JsonObject[] attributes) => new()
    {
        ["schemas"] = new JsonArray("urn:ietf:params:scim:schemas:core:2.0:Schema"),
        ["id"] = id, ["name"] = name, ["description"] = description, ["attributes"] = new JsonArray(attributes), ["meta"] = Meta("Schema", $"{issuer}/scim/v2/Schemas/{id}"),
    };

    static JsonObject Attribute(string name, string description, string type = "string", bool required = false, bool caseExact = false, string mutability = "readWrite", string uniqueness = "none") => new()
    {
        ["name"] = name, ["type"] = type, ["multiValued"] = false, ["description"] = description, ["required"] = required, ["caseExact"] = caseExact, ["mutability"] = mutability,
        ["returned"] = "default", ["uniqueness"] = uniqueness,
    };

    static JsonObject Complex(string name, string description, bool multiValued, params JsonObject[] parts) => Complex(name, description, multiValued, "readWrite", parts);

    static JsonObject Complex(string name, string description, bool multiValued, string mutability, params JsonObject[] parts)
    {
        var attribute = Attribute(name, description, "complex", mutability: mutability);
        attribute["multiValued"] = multiValued;
        attribute["subAttributes"] = new JsonArray(parts);
        return attribute;
    }
}
