using System.Net.Mail;
using System.Text.Json.Nodes;

namespace Identity.Scim;

/// <summary>A person as a directory sends them, checked (RFC 7643, 4.1). What is not in our schema is ignored, a password above all.</summary>
sealed record ScimUserInput
{
    const int LongestName = 200;
    const int LongestMail = 254;
    const int MostValues = 20;

    public required string UserName { get; init; }

    public string? ExternalId { get; init; }

    public string? GivenName { get; init; }

    public string? FamilyName { get; init; }

    public string? DisplayName { get; init; }

    /// <summary>What pages call the person.</summary>
    public required string Name { get; init; }

    /// <summary>The primary address, or the user name where there is none.</summary>
    public required string Email { get; init; }

    /// <summary>What stands behind the @ of <see cref="Email"/>, in small letters.</summary>
    public required string Domain { get; init; }

    /// <summary>The addresses as a JSON list.</summary>
    public required string Emails { get; init; }

    public required string Language { get; init; }

    public required bool Active { get; init; }

    public required string[] Roles { get; init; }

    /// <summary>Reads one.</summary>
    /// <param name="resource">As it came, or as a PATCH left it.</param>
    /// <param name="isActive">Whether the person is active where the resource does not say.</param>
    /// <exception cref="ScimException">invalidValue, naming the attribute.</exception>
    public static ScimUserInput Read(JsonObject resource, bool isActive)
    {
        var userName = Text(resource, "userName", LongestMail) ?? throw ScimException.InvalidValue("The attribute userName is required.");
        var (given, family) = (Text(resource, "name.givenName", LongestName), Text(resource, "name.familyName", LongestName));
        var display = Text(resource, "displayName", LongestName);
        var emails = Addresses(resource).OrderByDescending(each => each["primary"] is not null).ToList();
        var email = emails is [var first, ..] ? first["value"]!.GetValue<string>() : userName;
        var joined = string.Join(' ', new[] { given, family }.Where(part => part is not null));
        return new()
        {
            UserName = userName,
            ExternalId = Text(resource, "externalId", LongestName),
            GivenName = given,
            FamilyName = family,
            DisplayName = display,
            Name = display ?? Text(resource, "name.formatted", LongestName) ?? (joined.Length > 0 ? joined : userName),
            Email = email,
            Domain = email[(email.LastIndexOf('@') + 1)..].ToLowerInvariant(),
            Emails = new JsonArray([.. emails]).ToJsonString(),
            Language = Text(resource, "preferredLanguage", LongestName) is { } language && language.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? "zh-CN" : "en",
            Active = Truth(resource, "active") ?? isActive,
            Roles = [.. List(resource, "roles").Select(each => Text(each, "value", LongestName) ?? throw ScimException.InvalidValue("A role has a value.")).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        };
    }

    static IEnumerable<JsonObject> Addresses(JsonObject resource) =>
        List(resource, "emails").Select(each =>
        {
            var address = Text(each, "value", LongestMail);
            if (address is null || !MailAddress.TryCreate(address, out var read) || read.Address != address)
            {
                throw ScimException.InvalidValue("The value of one of emails is not an address.");
            }

            var email = new JsonObject { ["value"] = address, ["type"] = Text(each, "type", 20) ?? "work" };
            if (Truth(each, "primary") is true)
            {
                email["primary"] = true;
            }

            return email;
        });

    static IEnumerable<JsonNode?> List(JsonObject resource, string name) => ScimJson.At(resource, name) switch
    {
        null => [],
        JsonArray { Count: <= MostValues } list => list,
        _ => throw ScimException.InvalidValue($"The attribute {name} is a list of {MostValues} values at most."),
    };

    static string? Text(JsonNode? holder, string path, int longest) => ScimJson.At(holder, path) switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) && text.Length <= longest && !text.Any(char.IsControl) => text.Trim() is { Length: > 0 } words ? words : null,
        _ => throw ScimException.InvalidValue($"The attribute {path} is a text of {longest} characters at most."),
    };

    // Some directories write True as a text.
    static bool? Truth(JsonNode? holder, string name) => ScimJson.Text(ScimJson.At(holder, name))?.ToLowerInvariant() switch
    {
        null => null,
        "true" => true,
        "false" => false,
        _ => throw ScimException.InvalidValue($"The attribute {name} is true or false."),
    };
}
