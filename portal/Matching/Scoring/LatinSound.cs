using System.Text;

namespace Portal.Matching.Scoring;

/// <summary>
/// How a word in Latin letters sounds, coarsely and in no language: its consonants in few classes, doubled ones once, with its vowel at the beginning. Philips and Filips, Schlumberger and Shljumberger are alike;
/// so are different names, so it never decides.
/// </summary>
static class LatinSound
{
    /// <summary>True for two words that sound alike and are more than two sounds long.</summary>
    public static bool AreSame(string one, string other) => Of(one) is { Length: > 2 } sound && string.Equals(sound, Of(other), StringComparison.Ordinal);

    /// <summary>The sound of a word or of a name without spaces.</summary>
    public static string Of(string text)
    {
        var sound = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            var next = at + 1 < text.Length ? text[at + 1] : '\0';
            var heard = text[at] switch
            {
                'p' when next is 'h' => 'f',
                'c' when next is 'h' && at > 0 && text[at - 1] is 's' => '\0',
                'c' when next is 'h' => at + 2 < text.Length && text[at + 2] is 'n' or 'l' or 'r' or 'm' ? 'k' : 's',
                'c' when next is 'e' or 'i' or 'y' or 'z' => 's',
                'g' when next is 'e' or 'i' or 'y' => 's',
                'd' when next is 'z' or 'j' => 's',
                't' when next is 'z' or 's' => 's',
                'b' or 'p' => 'p',
                'f' or 'v' or 'w' => 'f',
                'c' or 'k' or 'q' or 'g' => 'k',
                'd' or 't' => 't',
                's' or 'z' or 'x' => 's',
                'm' or 'n' => 'n',
                'l' => 'l',
                'r' => 'r',
                'a' or 'e' or 'i' or 'o' or 'u' or 'y' or 'j' => at == 0 ? 'a' : '\0',
                'h' => '\0',
                var other => other,
            };
            if (heard != '\0' && (sound.Length == 0 || sound[^1] != heard))
            {
                sound.Append(heard);
            }
        }

        return sound.ToString();
    }
}
