using Microsoft.Extensions.Primitives;

namespace Identity.Web;

/// <summary>The parameters of a protocol request. One without a value counts as not sent (RFC 6749, 3.1).</summary>
public sealed class ProtocolParameters
{
    readonly Dictionary<string, string> values = new(StringComparer.Ordinal);
    readonly HashSet<string> faulty = new(StringComparer.Ordinal);

    ProtocolParameters(IEnumerable<KeyValuePair<string, StringValues>> sent)
    {
        foreach (var (name, texts) in sent)
        {
            // A NUL is in no value of any specification, and the database takes none.
            if (texts.Count > 1 || values.ContainsKey(name) || texts.ToString().Contains('\0', StringComparison.Ordinal))
            {
                faulty.Add(name);
            }
            else if (!string.IsNullOrEmpty(texts))
            {
                values[name] = texts!;
            }
        }
    }

    /// <summary>The value, or null when it was not sent, or in a way that means nothing.</summary>
    public string? this[string name] => faulty.Contains(name) ? null : values.GetValueOrDefault(name);

    /// <summary>True when anything was sent more than once, or with a NUL in it; what it means nobody can say.</summary>
    public bool AnyFaulty => faulty.Count > 0;

    /// <summary>All that are in order.</summary>
    public IReadOnlyDictionary<string, string> All => values;

    /// <summary>Reads those of an address or a form.</summary>
    public static ProtocolParameters Of(IEnumerable<KeyValuePair<string, StringValues>> sent) => new(sent);

    /// <summary>Reads those of a form in the body; null when there is none, or it cannot be read.</summary>
    public static async Task<ProtocolParameters?> ReadFormAsync(HttpRequest request, CancellationToken ct)
    {
        if (!string.Equals(request.ContentType?.Split(';')[0].Trim(), "application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        try
        {
            return new(await request.ReadFormAsync(ct));
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Those kept from an earlier request.</summary>
    public static ProtocolParameters Of(IReadOnlyDictionary<string, string> kept) => new(kept.Select(pair => KeyValuePair.Create(pair.Key, new StringValues(pair.Value))));
}
