using System.Net;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Platform.Idempotency;
using Platform.Outbox;
using Platform.Web;
using Platform.Web.Api;
using Portal.Web;
using Support;

namespace Portal.Tests.PlatformRules;

/// <summary>The portal with a few addresses more, on which the platform's rules can be tried without any feature.</summary>
public class TrialPortal : PortalApp
{
    public async Task<int> CountAsync(string kind) =>
        (await Database.ListAsync<int>("select count(*)::int from outbox_message where kind = @kind", new { kind })).Single();

    protected override void Change(IServiceCollection services) =>
        services.AddSingleton<TrialGate>().AddControllersWithViews().AddApplicationPart(typeof(TrialPortal).Assembly);
}

public sealed record Trial([System.ComponentModel.DataAnnotations.Required] string? Kind, int Quantity = 1);

/// <summary>Creates something (an outbox message stands for it) the way features do.</summary>
[ApiController]
[Route("api/v1/trials")]
public sealed class TrialsApi(Db db, Outbox outbox, TrialGate gate) : ControllerBase
{
    [HttpPost]
    [Idempotent]
    public async Task<IActionResult> Create(Trial trial, CancellationToken ct)
    {
        await db.InTransactionAsync(() => outbox.PutAsync(trial.Kind!, trial, ct), ct);
        await gate.PassAsync(trial.Kind!);
        if (trial.Quantity > 100)
        {
            throw new InvalidOperationException("A fault of ours, with a secret in it.");
        }

        if (trial.Quantity < 0)
        {
            return ApiProblem.Conflict("too-few", "problems.conflict");
        }

        this.SendVersion(1);
        return Created("/api/v1/trials/" + trial.Kind, new { trial.Kind, Serial = Guid.NewGuid() });
    }

    [HttpGet]
    public IActionResult Index([FromQuery] PageRequest page)
    {
        if (!page.TryReadCursor<After>(out var after))
        {
            return PageRequest.BadCursor;
        }

        var rows = Enumerable.Range((after?.Number ?? 0) + 1, 7 - (after?.Number ?? 0)).Take(page.Take()).ToList();
        return Ok(page.Cut(rows, number => new After(number)));
    }

    [HttpPut("{kind}")]
    public IActionResult Update(string kind, [IfMatch] int version, Trial trial)
    {
        if (version != 3)
        {
            return ApiProblem.Stale;
        }

        this.SendVersion(4);
        return Ok(new { kind, trial.Quantity });
    }

    [HttpGet("refused")]
    [AllowRoles("deal_desk")]
    public IActionResult Refused() => Ok();

    sealed record After(int Number);
}

/// <summary>A page with a form, and the same act behind it.</summary>
[Route("trials")]
public sealed class TrialsController(Db db, Outbox outbox, TrialGate gate, IAntiforgery antiforgery) : Controller
{
    [HttpGet("new")]
    public ContentResult New()
    {
        var token = antiforgery.GetAndStoreTokens(HttpContext);
        return Content($"""
            <form method="post" action="/trials">
              <input type="hidden" name="{token.FormFieldName}" value="{token.RequestToken}">
              <input type="hidden" name="{FormKey.Field}" value="{FormKey.New()}">
              <input name="kind"><input name="quantity" value="1">
            </form>
            """, "text/html; charset=utf-8");
    }

    [HttpPost("")]
    [Idempotent]
    public async Task<IActionResult> Create(string kind, int quantity, CancellationToken ct)
    {
        if (quantity < 1)
        {
            return Content("<p class='field-validation-error'>At least one.</p>", "text/html; charset=utf-8");
        }

        await db.InTransactionAsync(() => outbox.PutAsync(kind, new { quantity }, ct), ct);
        await gate.PassAsync(kind);
        return Redirect($"/trials/{kind}/{Guid.NewGuid():N}");
    }

    [HttpGet("{kind}/{serial}")]
    public ContentResult Show(string kind, string serial) => Content($"<h1>{WebUtility.HtmlEncode(kind)}</h1><p class='serial'>{WebUtility.HtmlEncode(serial)}</p>", "text/html; charset=utf-8");

    [HttpGet("fault")]
    public ContentResult Fault() => throw new InvalidOperationException("A fault of ours, with a secret in it.");

    [HttpGet("read")]
    public async Task<ContentResult> Read(CancellationToken ct) => Content(await db.OneAsync<string>("select 'still here'", null, ct));

    [HttpGet("costly")]
    [EnableRateLimiting(RateLimits.Costly)]
    public ContentResult Costly() => Content("done");
}

/// <summary>Lets a test hold an action in the middle of its transaction.</summary>
public sealed class TrialGate
{
    readonly System.Collections.Concurrent.ConcurrentDictionary<string, (TaskCompletionSource Reached, TaskCompletionSource Open)> gates = new();

    public (Task Reached, Action Open) Close(string kind)
    {
        var gate = (Reached: new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), Open: new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        gates[kind] = gate;
        return (gate.Reached.Task, () => gate.Open.TrySetResult());
    }

    public Task PassAsync(string kind)
    {
        if (!gates.TryGetValue(kind, out var gate))
        {
            return Task.CompletedTask;
        }

        gate.Reached.TrySetResult();
        return gate.Open.Task;
    }
}
