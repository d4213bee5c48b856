using System.Globalization;
using System.Runtime.InteropServices;

namespace Benchmarks.Stage;

/// <summary>What the figures were taken on.</summary>
static class Machine
{
    public static string Description => string.Create(CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024):0} GB, {RuntimeInformation.FrameworkDescription}, load average before the run {LoadAverage()}");

    // Others at work on the machine spoil absolute figures; the reader shall see it.
    static string LoadAverage() => File.Exists("/proc/loadavg") ? string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3)) : "unknown";
}
