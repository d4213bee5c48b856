using System.Collections.Frozen;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Localization;

namespace Platform.Texts;

/// <summary>
/// The texts people read, in every language of the product, from the <c>texts.json</c> that stands in each feature's folder:
/// <c>{"deals.register": {"en": "Register a deal", "zh-CN": "报备商机"}}</c>. Placeholders are those of <see cref="string.Format(IFormatProvider, string, object[])"/>.
/// </summary>
public sealed class TextBook
{
    /// <summary>The languages every text exists in; the first is the default.</summary>
    public static IReadOnlyList<string> Languages { get; } = ["en", "zh-CN"];

    readonly FrozenDictionary<string, FrozenDictionary<string, string>> byLanguage;

    /// <summary>Reads the texts embedded in the assemblies.</summary>
    /// <exception cref="InvalidOperationException">A key stands in two files.</exception>
    public TextBook(IEnumerable<Assembly> assemblies)
    {
        var collected = Languages.ToDictionary(language => language, _ => new Dictionary<string, string>(StringComparer.Ordinal), StringComparer.Ordinal);
        foreach (var assembly in assemblies)
        {
            foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.EndsWith("texts.json", StringComparison.Ordinal)))
            {
                using var stream = assembly.GetManifestResourceStream(resource)!;
                var texts = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, string>>>(stream)!;
                foreach (var (key, translations) in texts)
                {
                    foreach (var (language, text) in translations)
                    {
                        if (!collected[language].TryAdd(key, text))
                        {
                            throw new InvalidOperationException($"The text '{key}' stands in two files, one of them {resource}.");
                        }
                    }
                }
            }
        }

        byLanguage = collected.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToFrozenDictionary(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    /// <summary>The text of that key in that language, or null where there is none.</summary>
    public string? Find(string key, string language) =>
        byLanguage.TryGetValue(language, out var texts) && texts.TryGetValue(key, out var text) ? text : null;

    /// <summary>Every key of a language.</summary>
    public IReadOnlyCollection<string> Keys(string language) => byLanguage[language].Keys;

    /// <summary>How a day is written, so that nobody takes it for another: <c>2 Jan 2026</c>, <c>2026-01-02</c>.</summary>
    public static string DayPattern(CultureInfo culture) => LanguageOf(culture) is "zh-CN" ? "yyyy-MM-dd" : "d MMM yyyy";

    /// <summary>The language of the product that serves a culture: Chinese in any form gets zh-CN, all others English.</summary>
    public static string LanguageOf(CultureInfo culture) =>
        string.Equals(culture.TwoLetterISOLanguageName, "zh", StringComparison.Ordinal) ? "zh-CN" : "en";
}

/// <summary>
/// The texts in the language of the current request. In views: <c>@T["deals.register"]</c>, with values <c>@T["deals.ends", day]</c>;
/// a text that counts says both forms: <c>"{0} {0:product|products}"</c>.
/// For mails and files in somebody else's language: <see cref="In"/>.
/// </summary>
public sealed class Texts(TextBook book) : IStringLocalizer
{
    /// <inheritdoc/>
    public LocalizedString this[string name] => new(name, Find(name) ?? name, Find(name) is null);

    /// <inheritdoc/>
    public LocalizedString this[string name, params object[] arguments] =>
        new(name, Find(name) is { } text ? string.Format(new Counting(CultureInfo.CurrentCulture), text, arguments) : name, Find(name) is null);

    /// <summary>A text in a named language, formatted with that language's culture.</summary>
    /// <param name="language">One of <see cref="TextBook.Languages"/>.</param>
    /// <param name="key">The text's key.</param>
    /// <param name="arguments">Values for its placeholders.</param>
    public string In(string language, string key, params object[] arguments) =>
        string.Format(new Counting(CultureInfo.GetCultureInfo(language)), book.Find(key, language) ?? key, arguments);

    /// <inheritdoc/>
    public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) =>
        book.Keys(TextBook.LanguageOf(CultureInfo.CurrentUICulture)).Select(key => this[key]);

    /// <summary>A text without placeholders; null where there are no words for that key.</summary>
    public string? Find(string key) => book.Find(key, TextBook.LanguageOf(CultureInfo.CurrentUICulture));
}
