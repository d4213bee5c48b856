using System.Globalization;
using System.Text;

namespace Portal.Matching.Hanzi;

/// <summary>
/// What is known of each 汉字 of the basic block (U+4E00 to U+9FFF): its simplified form and how it may be read, from the Unihan database
/// (<c>characters.tsv</c>, made by <c>make-table.sh</c>).
/// </summary>
static class HanziTable
{
    const int First = 0x4E00;
    const int Last = 0x9FFF;

    static readonly Lazy<(char[] Simple, string[][] Readings)> Table = new(Load);

    /// <summary>
    /// The simplified form of a traditional character, any other as it is. Some simplified characters stand for several traditional ones (发 for 發 and 髮):
    /// the other way leads nowhere, so names are compared in this form.
    /// </summary>
    public static char Simplified(char character) => character is >= (char)First and <= (char)Last ? Table.Value.Simple[character - First] : character;

    /// <summary>How a 汉字 may be read (长 is zhang and chang), without tones, the commonest first; empty for other characters and for those without a reading.</summary>
    public static IReadOnlyList<string> Readings(char character) => Known(character);

    /// <summary>True for one character, and for two that may be read alike.</summary>
    public static bool SoundAlike(char one, char other)
    {
        if (one == other)
        {
            return true;
        }

        var theirs = Known(other);
        foreach (var reading in Known(one))
        {
            if (Array.IndexOf(theirs, reading) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The syllables of a text as somebody has written it in Latin letters: of several readings the one that is found next, else the commonest. What is no 汉字 with a reading stands for itself.
    /// </summary>
    public static IReadOnlyList<string> Syllables(string text, string written)
    {
        var syllables = new string[text.Length];
        var isAmbiguous = false;
        for (var next = 0; next < text.Length; next++)
        {
            var readings = Known(text[next]);
            syllables[next] = readings.Length == 0 ? text[next].ToString() : readings[0];
            isAmbiguous |= readings.Length > 1;
        }

        return isAmbiguous ? AsWritten(text, written, syllables) : syllables;
    }

    static string[] AsWritten(string text, string written, string[] syllables)
    {
        var at = 0;
        for (var next = 0; next < text.Length; next++)
        {
            var where = -1;
            foreach (var reading in Known(text[next]))
            {
                var found = written.IndexOf(reading, at, StringComparison.Ordinal);
                if (found >= 0 && (where < 0 || found < where))
                {
                    (syllables[next], where) = (reading, found);
                }
            }

            at = where < 0 ? at : where + syllables[next].Length;
        }

        return syllables;
    }

    /// <summary>
    /// A text read aloud, without tones and spaces: 云栖科技 is <c>yunqikeji</c>. Each character is read in its commonest way; Latin letters and digits stay;
    /// null where a character has no reading (kana, hangul, rare ones). Different names sound alike: a sound finds candidates, it never decides.
    /// </summary>
    public static string? Sound(string text) => Sounds(text, 1) is [var sound, ..] ? sound : null;

    /// <summary>The same, with the other readings of its characters, as many as asked for: 长城 is <c>zhangcheng</c> and <c>changcheng</c>. Empty where a character has no reading.</summary>
    public static IReadOnlyList<string> Sounds(string text, int most)
    {
        List<string> sounds = [""];
        foreach (var character in text)
        {
            var readings = Known(character);
            if (readings.Length == 0 && !char.IsAsciiLetterLower(character) && !char.IsAsciiDigit(character))
            {
                return [];
            }

            if (readings.Length <= 1 || most == 1)
            {
                var heard = readings.Length == 0 ? character.ToString() : readings[0];
                sounds = sounds.ConvertAll(sound => sound + heard);
            }
            else
            {
                // The commonest reading of all that came before goes first, whatever is left out.
                sounds = [.. readings.SelectMany(reading => sounds.Select(sound => sound + reading)).Take(most)];
            }
        }

        return sounds;
    }

    static string[] Known(char character) => character is >= (char)First and <= (char)Last ? Table.Value.Readings[character - First] : [];

    static (char[], string[][]) Load()
    {
        var simple = Enumerable.Range(First, Last - First + 1).Select(code => (char)code).ToArray();
        var readings = new string[simple.Length][];
        Array.Fill(readings, []);
        foreach (var (code, simplified, reading) in Tables.Table.Rows("Hanzi/characters.tsv").Where(row => row.Length == 3).Select(row => (row[0], row[1], row[2])))
        {
            var at = Code(code) - First;
            simple[at] = simplified.Length > 0 ? (char)Code(simplified) : simple[at];
            readings[at] = reading.Length > 0 ? [.. reading.Split(' ').Select(WithoutTone).Distinct(StringComparer.Ordinal)] : [];
        }

        return (simple, readings);
    }

    static int Code(string hexadecimal) => int.Parse(hexadecimal, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    // lǜ is written lv where no ü can be typed.
    static string WithoutTone(string reading) =>
        string.Concat(reading.Normalize(NormalizationForm.FormD).Replace("u\u0308", "v", StringComparison.Ordinal).Where(letter => letter is >= 'a' and <= 'z'));
}
