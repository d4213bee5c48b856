using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;

namespace Platform.Web.Api;

/// <summary>One page of a list of the API.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">The rows.</param>
/// <param name="Next">What to send as <c>cursor</c> for the page after it; absent on the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next)
{
    /// <summary>The same page with its rows in another form.</summary>
    public Page<TOther> Select<TOther>(Func<T, TOther> form) => new([.. Items.Select(form)], Next);
}

/// <summary>
/// Where a page of a list begins: <c>public Task&lt;...&gt; Index([FromQuery] PageRequest page, ...)</c>. Ask the database for <see cref="Take"/> rows after
/// the key that <see cref="TryReadCursor{TKey}"/> gives, in the order of that key, and let <see cref="Cut{T, TKey}"/> make the page.
/// </summary>
public sealed class PageRequest
{
    /// <summary>As the page before gave it; empty for the first.</summary>
    public string? Cursor { get; set; }

    /// <summary>How many rows, 1 to 200; 50 where nothing is said.</summary>
    [System.ComponentModel.DataAnnotations.Range(1, 200)]
    public int Limit { get; set; } = 50;


    /// <summary>How many rows to ask the database for: one more than shown, to know whether there is a next page.</summary>
    public int Take() => Limit + 1;

    /// <summary>The key of the last row of the page before.</summary>
    /// <typeparam name="TKey">A record of the columns the list is ordered by.</typeparam>
    /// <param name="after">The key, or null for the first page.</param>
    /// <returns>False for a cursor that is not ours: answer <see cref="BadCursor"/>.</returns>
    public bool TryReadCursor<TKey>(out TKey? after)
        where TKey : class
    {
        after = null;
        if (string.IsNullOrEmpty(Cursor))
        {
            return true;
        }

        try
        {
            after = JsonSerializer.Deserialize<TKey>(WebEncoders.Base64UrlDecode(Cursor));
            return after is not null;
        }
        catch (Exception foreign) when (foreign is FormatException or JsonException)
        {
            return false;
        }
    }

    /// <summary>400: the cursor is not one that a page gave.</summary>
    public static ApiProblem BadCursor { get; } = ApiProblem.Invalid(new FieldProblem("cursor", "problems.bad_cursor"));

    /// <summary>Makes the page from the rows that <see cref="Take"/> brought.</summary>
    public Page<T> Cut<T, TKey>(IReadOnlyList<T> rows, Func<T, TKey> key)
        where TKey : class =>
        rows.Count <= Limit
            ? new(rows, null)
            : new([.. rows.Take(Limit)], WebEncoders.Base64UrlEncode(JsonSerializer.SerializeToUtf8Bytes(key(rows[Limit - 1]))));
}
