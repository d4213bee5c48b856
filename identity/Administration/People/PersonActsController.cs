using Microsoft.AspNetCore.Mvc;

namespace Identity.Administration.People;

/// <summary>What is done to one person. Each answer leads back to the person's page.</summary>
[Route("admin/people/{subject}"), Audience(Administrators.Tenant)]
sealed class PersonActsController(ChangePerson change) : Controller
{
    Administrator Me => HttpContext.Administrator();

    [HttpPost("suspension")]
    public async Task<IActionResult> Suspend(string subject, CancellationToken ct) => Tell(subject, await change.DisableAsync(subject, Me, ct));

    [HttpPost("suspension/end"), Audience(Administrators.Tenant, Fresh = true)]
    public async Task<IActionResult> EndSuspension(string subject, CancellationToken ct) => Tell(subject, await change.EnableAsync(subject, Me, ct));

    [HttpPost("lock/end")]
    public async Task<IActionResult> Unlock(string subject, CancellationToken ct) => Tell(subject, await change.UnlockAsync(subject, Me, ct));

    [HttpPost("reset-link")]
    public async Task<IActionResult> SendResetLink(string subject, CancellationToken ct) => Tell(subject, await change.SendResetLinkAsync(subject, Me, ct));

    [HttpPost("sessions/end")]
    public async Task<IActionResult> EndSessions(string subject, CancellationToken ct) => Tell(subject, await change.EndSessionsAsync(subject, Me, ct));

    [HttpPost("sessions/{sid}/end")]
    public async Task<IActionResult> EndSession(string subject, string sid, CancellationToken ct) => Tell(subject, await change.EndSessionAsync(subject, sid, Me, ct));

    [HttpPost("second-factors/removal"), Audience(Administrators.Tenant, Fresh = true)]
    public async Task<IActionResult> RemoveFactors(string subject, CancellationToken ct) => Tell(subject, await change.RemoveFactorsAsync(subject, Me, ct));

    [HttpPost("name")]
    public async Task<IActionResult> Rename(string subject, string? name, string? language, CancellationToken ct) => Tell(subject,
        PersonName.IsGood(name?.Trim() ?? "") ? await change.RenameAsync(subject, name!.Trim(), PersonName.Language(language), Me, ct) : new Outcome.Refused("people.wrong_name"));

    [HttpPost("administers"), Audience(Administrators.Tenant, Fresh = true)]
    public async Task<IActionResult> SetAdministers(string subject, string? administers, CancellationToken ct) => administers is null or "tenant" or "installation"
        ? Tell(subject, await change.SetAdministersAsync(subject, administers, Me, ct))
        : NotFound();

    [HttpPost("roles"), Audience(Administrators.Tenant, Fresh = true)]
    public async Task<IActionResult> SetRoles(string subject, string[]? role, CancellationToken ct) => Tell(subject, await change.SetRolesAsync(subject, role ?? [], Me, ct));

    IActionResult Tell(string subject, Outcome outcome) => this.Tell(outcome, "/admin/people/" + Uri.EscapeDataString(subject));
}
