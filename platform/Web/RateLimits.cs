using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Platform.Web;

/// <summary>How often one person, API client or address may ask. Settings: <c>RateLimits:Costly:PerMinute</c>, <c>RateLimits:Costly:Burst</c> and so on.</summary>
public sealed class RateLimitOptions
{
    /// <summary>False where something in front of the service limits already.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Every page; the default outside the API.</summary>
    public RateLimit Pages { get; set; } = new() { PerMinute = 600, Burst = 200 };

    /// <summary>Every call of the API.</summary>
    public RateLimit Api { get; set; } = new() { PerMinute = 3000, Burst = 500 };

    /// <summary>What takes much work: PDF, export, upload. Counts besides the one before.</summary>
    public RateLimit Costly { get; set; } = new() { PerMinute = 60, Burst = 30 };

    /// <summary>Sign-in, password reset and the like, by address. Counts besides the others.</summary>
    public RateLimit SignIn { get; set; } = new() { PerMinute = 30, Burst = 30 };
}

/// <summary>A bucket of permits that fills again evenly.</summary>
public sealed class RateLimit
{
    /// <summary>How many a minute in the long run.</summary>
    public int PerMinute { get; set; }

    /// <summary>How many at once after a pause.</summary>
    public int Burst { get; set; }
}

/// <summary>Limits by person, API client or address; who asks too often gets 429 with Retry-After (ASVS 2.4.1, 15.2.2).</summary>
public static class RateLimits
{
    /// <summary>For <c>[EnableRateLimiting(RateLimits.Costly)]</c>: PDF, export, upload, search without an index.</summary>
    public const string Costly = "costly";

    /// <summary>For <c>[EnableRateLimiting(RateLimits.SignIn)]</c>: whatever takes a password, a code or an address of somebody.</summary>
    public const string SignIn = "sign-in";

    /// <summary>Reads the limits from <c>RateLimits</c>.</summary>
    public static IServiceCollection AddRateLimits(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<RateLimitOptions>(configuration.GetSection("RateLimits"));
        services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = TellAsync;
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http => http.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
                ? Bucket(http, "api " + Who(http), limits => limits.Api)
                : Bucket(http, "pages " + Who(http), limits => limits.Pages));
            limiter.AddPolicy(Costly, http => Bucket(http, Who(http), limits => limits.Costly));
            limiter.AddPolicy(SignIn, http => Bucket(http, Address(http), limits => limits.SignIn));
        });
        return services;
    }

    static RateLimitPartition<string> Bucket(HttpContext http, string partition, Func<RateLimitOptions, RateLimit> choose)
    {
        var options = http.RequestServices.GetRequiredService<IOptions<RateLimitOptions>>().Value;
        var limit = choose(options);
        return options.Enabled
            ? RateLimitPartition.GetTokenBucketLimiter(partition, _ => new()
            {
                TokenLimit = limit.Burst,
                TokensPerPeriod = Math.Max(1, limit.PerMinute / 60),
                ReplenishmentPeriod = TimeSpan.FromMinutes(1) * Math.Max(1, limit.PerMinute / 60) / limit.PerMinute,
                AutoReplenishment = true,
                QueueLimit = 0,
            })
            : RateLimitPartition.GetNoLimiter("");
    }

    static string Who(HttpContext http) =>
        http.User.FindFirstValue("iss") is { } issuer && http.User.FindFirstValue("sub") is { } subject ? $"{issuer} {subject}" : Address(http);

    // Whoever has one IPv6 address has the 2^64 of its network.
    static string Address(HttpContext http) => http.Connection.RemoteIpAddress switch
    {
        null => "unknown",
        { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } six => new IPAddress([.. six.GetAddressBytes()[..8], 0, 0, 0, 0, 0, 0, 0, 0]) + "/64",
        var four => four.ToString(),
    };

    static ValueTask TellAsync(OnRejectedContext context, CancellationToken ct)
    {
        var http = context.HttpContext;
        var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var retry) ? retry : TimeSpan.FromSeconds(1);
        http.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Platform.Web.RateLimits").LogWarning(
            "{Who} asks too often: {Method} {Route}", Who(http), http.Request.Method, (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText);
        return ValueTask.CompletedTask;
    }
}
