using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Benchmarks.Stage;

/// <summary>
/// As much of a browser as a signed-in person needs: cookies, forms, redirects. Reading a page for the measure does none of that: it sends the
/// cookies it has and takes the bytes.
/// </summary>
sealed partial class Browser : IDisposable
{
    const int MostRedirects = 12;

    readonly HttpMessageInvoker http = HttpClients.New();
    readonly Dictionary<string, string> cookies = new(StringComparer.Ordinal);
    readonly byte[] buffer = new byte[64 * 1024];
    string? sent;

    /// <summary>Signs somebody in, by way of the portal's door and identity's form.</summary>
    public async Task SignInAsync(Uri portal, string email, string password, CancellationToken ct)
    {
        var page = await FollowAsync(HttpMethod.Get, new Uri(portal, "/sign-in"), null, ct);
        var arrived = await SubmitAsync(page, [new("Email", email), new("Password", password)], ct);
        // Identity may hand its answer over as a form that the browser carries on.
        while (arrived.Address.Authority != portal.Authority && arrived.Text.Contains("data-carry", StringComparison.Ordinal))
        {
            arrived = await SubmitAsync(arrived, [], ct);
        }

        if (arrived.Status != HttpStatusCode.OK || arrived.Address.Authority != portal.Authority || !arrived.Text.Contains("sign-out", StringComparison.Ordinal))
        {
            throw new CannotMeasureException($"{email} could not sign in; it ended on {arrived.Address} with {(int)arrived.Status}.");
        }
    }

    /// <summary>Chooses a password with the link that identity gave for a new account.</summary>
    public async Task ChoosePasswordAsync(Uri link, string password, CancellationToken ct)
    {
        var page = await FollowAsync(HttpMethod.Get, link, null, ct);
        var arrived = await SubmitAsync(page, [new("Password", password), new("Repeated", password)], ct);
        if (!arrived.Address.AbsolutePath.EndsWith("/done", StringComparison.Ordinal))
        {
            throw new CannotMeasureException($"The password could not be chosen; it ended on {arrived.Address} with {(int)arrived.Status}.");
        }
    }

    /// <summary>One cookie that it has, as it is sent.</summary>
    public string Cookie(string name) => cookies.TryGetValue(name, out var value) ? $"{name}={value}" : throw new CannotMeasureException($"There is no cookie {name}.");

    /// <summary>Follows an address until it leaves the site it began on, and tells the cookies it has then.</summary>
    public async Task<string> CookiesAfterAsync(Uri address, CancellationToken ct)
    {
        for (var (at, hops) = (address, 0); at.Authority == address.Authority; hops++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, at);
            request.Headers.TryAddWithoutValidation("Cookie", Cookies());
            using var answer = await http.SendAsync(request, ct);
            Keep(answer);
            at = hops < MostRedirects && answer.Headers.Location is { } next ? new(at, next) : throw new CannotMeasureException($"{at} answered {(int)answer.StatusCode}.");
        }

        return Cookies();
    }

    /// <summary>Cookies as they are sent, together with those that an answer sets.</summary>
    public static string Joined(string cookies, HttpResponseMessage answer)
    {
        var all = cookies.Split("; ", StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
        foreach (var pair in (answer.Headers.TryGetValues("Set-Cookie", out var lines) ? lines : []).Select(line => line.Split(';')[0].Split('=', 2)))
        {
            all[pair[0]] = pair[1];
        }

        return string.Join("; ", all.Select(pair => $"{pair.Key}={pair.Value}"));
    }

    /// <summary>A page, to look at.</summary>
    public Task<Page> OpenAsync(Uri address, CancellationToken ct) => FollowAsync(HttpMethod.Get, address, null, ct);

    /// <summary>A page, for the measure: its length.</summary>
    public async Task<long> ReadAsync(Uri address, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("Cookie", sent ??= Cookies());
        using var answer = await http.SendAsync(request, ct);
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            throw new CannotMeasureException($"{address} answered {(int)answer.StatusCode}.");
        }

        await using var body = await answer.Content.ReadAsStreamAsync(ct);
        var length = 0L;
        int read;
        while ((read = await body.ReadAsync(buffer, ct)) > 0)
        {
            length += read;
        }

        return length;
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    async Task<Page> SubmitAsync(Page page, IEnumerable<KeyValuePair<string, string>> typed, CancellationToken ct)
    {
        var form = Form().Match(page.Text) is { Success: true } found ? found.Value : throw new CannotMeasureException($"There is no form on {page.Address}.");
        var action = WebUtility.HtmlDecode(Action().Match(form) is { Success: true } address ? address.Groups[1].Value : page.Address.PathAndQuery);
        var hidden = Hidden().Matches(form).Select(input => input.Value).Where(input => input.Contains("type=\"hidden\"", StringComparison.Ordinal))
            .Select(input => KeyValuePair.Create(WebUtility.HtmlDecode(Name().Match(input).Groups[1].Value), WebUtility.HtmlDecode(Value().Match(input).Groups[1].Value)));
        return await FollowAsync(HttpMethod.Post, new Uri(page.Address, action), new FormUrlEncodedContent([.. hidden, .. typed]), ct);
    }

    async Task<Page> FollowAsync(HttpMethod method, Uri address, HttpContent? content, CancellationToken ct)
    {
        for (var hops = 0; hops < MostRedirects; hops++)
        {
            using var request = new HttpRequestMessage(method, address) { Content = content };
            request.Headers.TryAddWithoutValidation("Cookie", Cookies());
            request.Headers.TryAddWithoutValidation("Origin", address.GetLeftPart(UriPartial.Authority));
            using var answer = await http.SendAsync(request, ct);
            Keep(answer);
            if (answer.Headers.Location is not { } next || (int)answer.StatusCode is < 300 or >= 400)
            {
                return new(new Uri(address.GetLeftPart(UriPartial.Query)), answer.StatusCode, await answer.Content.ReadAsStringAsync(ct));
            }

            (method, address, content) = (HttpMethod.Get, new Uri(address, next), null);
        }

        throw new CannotMeasureException($"{address} leads on and on.");
    }

    // Portal and identity are two ports of one host, which share their cookies; their names keep them apart.
    void Keep(HttpResponseMessage answer)
    {
        foreach (var line in answer.Headers.TryGetValues("Set-Cookie", out var lines) ? lines : [])
        {
            var pair = line.Split(';')[0].Split('=', 2);
            if (pair[1].Length == 0)
            {
                cookies.Remove(pair[0]);
            }
            else
            {
                cookies[pair[0]] = pair[1];
            }
        }

        sent = null;
    }

    string Cookies()
    {
        var text = new StringBuilder();
        foreach (var (name, value) in cookies)
        {
            text.Append(text.Length == 0 ? "" : "; ").Append(name).Append('=').Append(value);
        }

        return text.ToString();
    }

    [GeneratedRegex("<form[^>]*method=\"post\".*?</form>", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("<form[^>]*action=\"([^\"]*)\"")]
    private static partial Regex Action();

    [GeneratedRegex("<input[^>]*>")]
    private static partial Regex Hidden();

    [GeneratedRegex("name=\"([^\"]*)\"")]
    private static partial Regex Name();

    [GeneratedRegex("value=\"([^\"]*)\"")]
    private static partial Regex Value();
}

/// <summary>A page as it came.</summary>
sealed record Page(Uri Address, HttpStatusCode Status, string Text);
