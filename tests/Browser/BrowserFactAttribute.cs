using Xunit;

namespace Browser.Tests;

/// <summary>A test that opens a real browser; skipped where there is none.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    /// <summary>The installed browser: Debian's, or the one that CHROMIUM names.</summary>
    public static string? Chromium { get; } =
        new[] { Environment.GetEnvironmentVariable("CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    public BrowserFactAttribute()
    {
        if (Chromium is null)
        {
            Skip = "There is no browser: apt-get install chromium fonts-noto-cjk";
        }
    }
}
