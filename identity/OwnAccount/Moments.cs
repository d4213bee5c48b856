using System.Globalization;

namespace Identity.OwnAccount;

/// <summary>Moments as the pages write them: we do not know in which zone somebody reads, so they say which they are in.</summary>
static class Moments
{
    /// <summary>Such as <c>2026-03-02 09:00 UTC</c>.</summary>
    public static string Of(DateTime moment) => moment.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
