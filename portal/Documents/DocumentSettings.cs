namespace Portal.Documents;

/// <summary>How documents are made and how large an upload may be; section <c>Documents</c> of the settings.</summary>
public sealed record DocumentSettings
{
    /// <summary>How many documents are typeset at the same time; 0 means one a processor.</summary>
    public int Workers { get; init; }

    /// <summary>Whether the workers start with the portal rather than with the first document.</summary>
    public bool WarmAtStart { get; init; } = true;

    /// <summary>How many documents may wait for a worker before the next is refused.</summary>
    public int Queue { get; init; } = 64;

    /// <summary>How long one document may take, in seconds.</summary>
    public double SecondsPerDocument { get; init; } = 20;

    /// <summary>How much memory one worker may use, in megabytes. With all fonts loaded one takes 200 to 260.</summary>
    public int WorkerMegabytes { get; init; } = 512;

    /// <summary>The Node.js program that runs the workers.</summary>
    public string NodeProgram { get; init; } = "node";

    /// <summary>Where <c>worker.mjs</c> stands; empty means beside the portal, or in the source tree it was built from.</summary>
    public string WorkerFolder { get; init; } = "";

    /// <summary>The largest file that may be uploaded, in megabytes.</summary>
    public int UploadMegabytes { get; init; } = 1024;

    /// <summary>The same in bytes.</summary>
    public long UploadBytes => UploadMegabytes * 1024L * 1024;

    /// <summary>How many workers that makes.</summary>
    public int WorkerCount => Workers > 0 ? Workers : Environment.ProcessorCount;
}
