using System.Globalization;

namespace Benchmarks.Stage;

/// <summary>
/// The processor time of a process and of those it started. A figure per request that hardly changes when others are at work on the
/// machine, unlike requests a second.
/// </summary>
static class Processor
{
    // USER_HZ is 100 on every Linux that .NET runs on.
    const double TicksPerMillisecond = 0.1;

    /// <summary>Milliseconds so far of the process and its children, the ended ones included.</summary>
    public static double Milliseconds(int processId)
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        var ticks = 0L;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Read(folder) is { } stat && (id == processId || stat.Parent == processId))
            {
                ticks += stat.Own + (id == processId ? stat.Ended : 0);
            }
        }

        return ticks / TicksPerMillisecond;
    }

    static (int Parent, long Own, long Ended)? Read(string folder)
    {
        try
        {
            // The name in parentheses may hold anything; what follows it does not.
            var text = File.ReadAllText(Path.Combine(folder, "stat"));
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return (Number(fields[1]), Number(fields[11]) + Number(fields[12]), Number(fields[13]) + Number(fields[14]));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>Processor time of the parts of an installation between two moments.</summary>
/// <param name="Portal">The portal's process, in milliseconds.</param>
/// <param name="Identity">Identity's.</param>
/// <param name="Database">The database server's, all its processes.</param>
/// <param name="Load">This process, which makes the load.</param>
sealed record Spent(double Portal, double Identity, double Database, double Load)
{
    public static Spent Nothing { get; } = new(0, 0, 0, 0);

    public static Spent operator +(Spent one, Spent other) => new(one.Portal + other.Portal, one.Identity + other.Identity, one.Database + other.Database, one.Load + other.Load);

    public static Spent operator -(Spent one, Spent other) => new(one.Portal - other.Portal, one.Identity - other.Identity, one.Database - other.Database, one.Load - other.Load);

    /// <summary>For each of so many acts.</summary>
    public string Each(int acts) => string.Create(CultureInfo.InvariantCulture,
        $"portal {Portal / acts:0.00}, identity {Identity / acts:0.00}, database {Database / acts:0.00}, load {Load / acts:0.00} ms of processor time each");
}
