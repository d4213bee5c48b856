using System.Globalization;
using System.Text;

namespace Portal.Matching.Hanzi;

/// <summary>
/// What is known of each 汉字 of the basic block (U+4E00 to U+9FFF): its simplified form and how it is read, from the Unihan database
/// (<c>characters.tsv</c>, made by <c>make-table.sh</c>).
/// </summary>
static class HanziTable
{
    const int First = 0x4E00;
    const int Last = 0x9FFF;

    static readonly Lazy<(char[] Simple, string?[] Readings)> Table = new(Load);

    /// <summary>
    /// The simplified form of a traditional character, any other as it is. Some simplified characters stand for several traditional ones (发 for 發 and 髮):
    /// the other way leads nowhere, so names are compared in this form.
    /// </summary>
    public static char Simplified(char character) => character is >= (char)First and <= (char)Last ? Table.Value.Simple[character - First] : character;

    /// <summary>How a 汉字 is read, without its tone; null for other characters and for those without a reading.</summary>
    public static string? Reading(char character) => character is >= (char)First and <= (char)Last ? Table.Value.Readings[character - First] : null;

    /// <summary>True for one character, and for two that are read alike.</summary>
    public static bool SoundAlike(char one, char other) => one == other || (Reading(one) is { } reading && string.Equals(reading, Reading(other), StringComparison.Ordinal));

    /// <summary>The syllables of a text; what is no 汉字 with a reading stands for itself.</summary>
    public static IReadOnlyList<string> Syllables(string text) => [.. text.Select(character => Reading(character) ?? character.ToString())];

    /// <summary>
    /// A text read aloud, without tones and spaces: 云栖科技 is <c>yunqikeji</c>. Characters with several readings are read as alone; Latin letters and digits stay;
    /// null where a character has no reading (kana, hangul, rare ones). Different names sound alike: a sound finds candidates, it never decides.
    /// </summary>
    public static string? Sound(string text)
    {
        var sound = new StringBuilder(text.Length * 4);
        foreach (var character in text)
        {
            if (character is >= (char)First and <= (char)Last)
            {
                if (Table.Value.Readings[character - First] is not { } reading)
                {
                    return null;
                }

                sound.Append(reading);
            }
            else if (char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character))
            {
                sound.Append(character);
            }
            else
            {
                return null;
            }
        }

        return sound.ToString();
    }

    static (char[], string?[]) Load()
    {
        var simple = Enumerable.Range(First, Last - First + 1).Select(code => (char)code).ToArray();
        var readings = new string?[simple.Length];
        foreach (var (code, simplified, reading) in Tables.Table.Rows("Hanzi/characters.tsv").Where(row => row.Length == 3).Select(row => (row[0], row[1], row[2])))
        {
            var at = Code(code) - First;
            simple[at] = simplified.Length > 0 ? (char)Code(simplified) : simple[at];
            readings[at] = reading.Length > 0 ? WithoutTone(reading) : null;
        }

        return (simple, readings);
    }

    static int Code(string hexadecimal) => int.Parse(hexadecimal, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    // lǜ is written lv where no ü can be typed.
    static string WithoutTone(string reading) =>
        string.Concat(reading.Normalize(NormalizationForm.FormD).Replace("u\u0308", "v", StringComparison.Ordinal).Where(letter => letter is >= 'a' and <= 'z'));
}
