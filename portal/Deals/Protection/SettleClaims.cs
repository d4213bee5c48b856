using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Platform.Database;
using Platform.Texts;
using Portal.Web;

namespace Portal.Deals;

/// <summary>Does now what the job of <see cref="ExpireProtections"/> does by the clock, as the product itself, and answers what was done.</summary>
public sealed class SettleClaims(IServiceScopeFactory scopes)
{
    /// <summary>Does it.</summary>
    /// <param name="who">Who asked, for the audit.</param>
    /// <param name="ct">Stops waiting.</param>
    public async Task<ExpiredProtections> RunAsync(string who, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("claims settle, asked for by " + who);
        return await scope.ServiceProvider.GetRequiredService<ExpireProtections>().RunAsync(ct);
    }
}

/// <summary>The button for it.</summary>
[Route("deals/settlement"), AllowRoles("brand_admin", "deal_desk")]
public sealed class SettlementController(SettleClaims settleClaims, ICurrentPerson me, Texts t) : Controller
{
    /// <summary>Does it and says what was done.</summary>
    [HttpPost("")]
    public async Task<IActionResult> Create(CancellationToken ct)
    {
        var done = await settleClaims.RunAsync(me.PersonNumber, ct);
        this.Flash(FlashKind.Done, t["policies.settled", done.Expired, done.Reminded, done.Warned, done.Released]);
        return Redirect("/deals/policies");
    }
}

/// <summary><c>portal -- claims settle</c>.</summary>
sealed class ClaimsVerb(SettleClaims settleClaims) : IVerb
{
    public string Name => "claims";

    public string Usage => "claims settle  expires, reminds, warns and releases what is due";

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken ct)
    {
        if (arguments is not ["settle"])
        {
            throw new UsageException("Say: claims settle");
        }

        var done = await settleClaims.RunAsync("the command line", ct);
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{done.Expired} expired, {done.Reminded} reminded, {done.Warned} warned, {done.Released} released"));
        return 0;
    }
}
