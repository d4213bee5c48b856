using Microsoft.Extensions.Primitives;

namespace Identity.Web;

/// <summary>The parameters of a protocol request. One without a value counts as not sent (RFC 6749, 3.1).</summary>
public sealed class ProtocolParameters
{
    readonly Dictionary<string, string> values = new(StringComparer.Ordinal);
    readonly HashSet<string> repeated = new(StringComparer.Ordinal);

    ProtocolParameters(IEnumerable<KeyValuePair<string, StringValues>> sent)
    {
        foreach (var (name, texts) in sent)
        {
            if (texts.Count > 1 || values.ContainsKey(name))
            {
                repeated.Add(name);
            }
            else if (!string.IsNullOrEmpty(texts))
            {
                values[name] = texts!;
            }
        }
    }

    /// <summary>The value, or null when it was not sent, or more than once.</summary>
    public string? this[string name] => repeated.Contains(name) ? null : values.GetValueOrDefault(name);

    /// <summary>True when anything was sent more than once; what it means nobody can say.</summary>
    public bool AnyRepeated => repeated.Count > 0;

    /// <summary>True when that parameter was sent more than once.</summary>
    public bool IsRepeated(string name) => repeated.Contains(name);

    /// <summary>All that were sent once.</summary>
    public IReadOnlyDictionary<string, string> All => values;

    /// <summary>Reads those of an address or a form.</summary>
    public static ProtocolParameters Of(IEnumerable<KeyValuePair<string, StringValues>> sent) => new(sent);

    /// <summary>Those kept from an earlier request.</summary>
    public static ProtocolParameters Of(IReadOnlyDictionary<string, string> kept) => new(kept.Select(pair => KeyValuePair.Create(pair.Key, new StringValues(pair.Value))));
}
