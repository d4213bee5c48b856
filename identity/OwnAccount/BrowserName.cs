namespace Identity.OwnAccount;

/// <summary>What people call the browser that a user agent belongs to. It is a hint for its owner and decides nothing.</summary>
static class BrowserName
{
    // Most pretend to be others, so the more particular names come first.
    static readonly (string Sign, string Name)[] Browsers =
        [("MicroMessenger", "WeChat"), ("EdgiOS", "Edge"), ("EdgA", "Edge"), ("Edg/", "Edge"), ("OPR/", "Opera"), ("FxiOS", "Firefox"), ("Firefox/", "Firefox"), ("CriOS", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];

    static readonly (string Sign, string Name)[] Systems =
        [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")];

    /// <summary>Such as <c>Firefox · Windows</c>; null when nothing is recognised.</summary>
    public static string? Of(string? userAgent)
    {
        var names = new[] { Find(Browsers, userAgent), Find(Systems, userAgent) }.Where(name => name is not null).ToList();
        return names.Count == 0 ? null : string.Join(" · ", names);
    }

    static string? Find((string Sign, string Name)[] known, string? userAgent) =>
        Array.Find(known, pair => userAgent?.Contains(pair.Sign, StringComparison.Ordinal) is true).Name;
}
