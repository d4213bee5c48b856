using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Texts;
using Portal.Web.Display;

namespace Portal.Notifications;

/// <summary>The values of a sentence, kept so that they can be written in any language and zone later.</summary>
static class NotificationArguments
{
    public static JsonNode Keep(object argument) => argument switch
    {
        string text => JsonValue.Create(text),
        int number => JsonValue.Create((decimal)number),
        long number => JsonValue.Create((decimal)number),
        decimal number => JsonValue.Create(number),
        DateOnly day => new JsonObject { ["day"] = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) },
        DateTime moment => new JsonObject { ["moment"] = moment.ToString("O", CultureInfo.InvariantCulture) },
        Money money => new JsonObject { ["amount"] = money.Amount, ["currency"] = money.Currency },
        TextKey key => new JsonObject { ["text"] = key.Key },
        TwoNames names => new JsonObject { ["name"] = names.Name, ["name_zh"] = names.NameZh },
        _ => throw new ArgumentException($"A notification cannot carry a {argument.GetType().Name}.", nameof(argument)),
    };

    public static string[] Write(string kept, Texts t, TimeZoneInfo zone) =>
        [.. JsonNode.Parse(kept)!.AsArray().Select(value => Write(value, t, zone))];

    static string Write(JsonNode? value, Texts t, TimeZoneInfo zone) => value switch
    {
        JsonObject part when part["day"] is { } day => Formats.Date(DateOnly.ParseExact((string)day!, "yyyy-MM-dd", CultureInfo.InvariantCulture)),
        JsonObject part when part["moment"] is { } moment => Formats.Time(DateTime.Parse((string)moment!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind), zone),
        JsonObject part when part["currency"] is { } currency => Formats.Of(new Money((decimal)part["amount"]!, (string)currency!)),
        JsonObject part when part["text"] is { } key => t[(string)key!],
        JsonObject part when part["name"] is { } name => (string)(TextBook.LanguageOf(CultureInfo.CurrentUICulture) is "zh-CN" ? part["name_zh"] ?? name : name)!,
        JsonValue number when number.GetValueKind() == JsonValueKind.Number => Formats.Number((decimal)number),
        _ => (string?)value ?? "",
    };
}
