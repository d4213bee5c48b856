using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Platform.Telemetry;

/// <summary>What the product itself traces and counts, besides what ASP.NET Core, Npgsql and Quartz do.</summary>
public static class ProductTelemetry
{
    /// <summary>The name of our activities and measures; a meter whose name begins with it is exported.</summary>
    public const string Name = "PartnerPortal";

    /// <summary>Begins activities: <c>using var activity = ProductTelemetry.Activities.StartActivity("import prices");</c></summary>
    public static ActivitySource Activities { get; } = new(Name);

    /// <summary>Makes instruments.</summary>
    public static Meter Measures { get; } = new(Name);

    /// <summary>Messages that reached their receiver, by kind.</summary>
    public static Counter<long> OutboxDelivered { get; } = Measures.CreateCounter<long>("partnerportal.outbox.delivered", "{message}", "Messages that reached their receiver");

    /// <summary>Messages that were given up, by kind; somebody has to look.</summary>
    public static Counter<long> OutboxAbandoned { get; } = Measures.CreateCounter<long>("partnerportal.outbox.abandoned", "{message}", "Messages that were given up");

    /// <summary>How long jobs took, by name and outcome.</summary>
    public static Histogram<double> JobDuration { get; } = Measures.CreateHistogram<double>("partnerportal.job.duration", "s", "How long a job took");
}
