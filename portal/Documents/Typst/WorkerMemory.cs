using System.Buffers.Text;
using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Portal.Documents.Typst;

/// <summary>
/// How much memory a worker holds, looked at forty times a second while it works. Linux tells it in a line of <c>/proc</c>; <see cref="Process"/> reads the files of all the
/// process's threads for it, which took more of the portal's time than all else it does for a document.
/// </summary>
sealed class WorkerMemory : IDisposable
{
    readonly Process process;
    readonly SafeFileHandle? statm;

    public WorkerMemory(Process process)
    {
        this.process = process;
        try
        {
            statm = OperatingSystem.IsLinux() ? File.OpenHandle($"/proc/{process.Id}/statm") : null;
        }
        catch (IOException)
        {
            // it has just ended, or /proc is not there
        }
    }

    /// <summary>What is resident, in MiB; 0 when the process has ended, which its pipe will tell.</summary>
    public double Megabytes
    {
        get
        {
            try
            {
                return (statm is null ? WorkingSet() : ResidentPages(statm) * Environment.SystemPageSize) / 1048576.0;
            }
            catch (Exception ended) when (ended is InvalidOperationException or IOException)
            {
                return 0;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => statm?.Dispose();

    // "size resident shared …", in pages (proc(5)); read from its beginning it is written anew.
    static long ResidentPages(SafeFileHandle statm)
    {
        Span<byte> line = stackalloc byte[128];
        ReadOnlySpan<byte> read = line[..RandomAccess.Read(statm, line, 0)];
        var resident = read[(read.IndexOf((byte)' ') + 1)..];
        return Utf8Parser.TryParse(resident, out long pages, out _) ? pages : 0;
    }

    long WorkingSet()
    {
        process.Refresh();
        return process.WorkingSet64;
    }
}
