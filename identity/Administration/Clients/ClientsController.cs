using Identity.Clients;
using Identity.Tenants;
using Microsoft.AspNetCore.Mvc;
using Platform.Texts;

namespace Identity.Administration.Clients;

/// <summary>The clients: who looks after a tenant sees its programs, who looks after the installation sees and edits all of them.</summary>
[Route("admin/clients"), Audience(Administrators.Tenant)]
sealed class ClientsController(ClientListStore clients, TenantStore tenants, ClientFormRules rules, ChangeClient change, Texts t) : Controller
{
    Administrator Me => HttpContext.Administrator();

    /// <summary>The list.</summary>
    [HttpGet]
    public async Task<IActionResult> Index([FromQuery] ClientQuery query, CancellationToken ct) =>
        View("ClientList", new ClientListPage(query, await clients.ListAsync(query, Me.Only, ct), Me.IsOfInstallation ? await tenants.ListAsync(ct) : []));

    /// <summary>One client.</summary>
    [HttpGet("{clientId}")]
    public async Task<IActionResult> Show(string clientId, CancellationToken ct) =>
        await clients.FindAsync(clientId, Me.Only, ct) is { } row && await clients.SettingsAsync(clientId, Me.Only, ct) is { } settings
            ? View("ClientPage", new ClientPage(row, settings, await clients.SecretsAsync(row.RegisteredClientId, ct)))
            : NotFound();

    /// <summary>Asks for a new one.</summary>
    [HttpGet("new"), Audience(Administrators.Installation)]
    public Task<IActionResult> New(CancellationToken ct) => FormAsync(ClientForm.Recommended(), isNew: true, ct);

    /// <summary>Registers it.</summary>
    [HttpPost("new"), Audience(Administrators.Installation, Fresh = true)]
    public async Task<IActionResult> Create(ClientForm form, CancellationToken ct) =>
        await ReadAsync(form, ct) is { } client && Told(await change.AddAsync(client, ct))
            ? this.Tell(new Outcome.Done("clients.added"), $"/admin/clients/{client.ClientId}")
            : await FormAsync(form, isNew: true, ct);

    /// <summary>Shows its settings to be changed.</summary>
    [HttpGet("{clientId}/settings"), Audience(Administrators.Installation)]
    public async Task<IActionResult> Edit(string clientId, CancellationToken ct) =>
        await clients.FindAsync(clientId, Me.Only, ct) is { IsKeptBySettings: false } row && await clients.SettingsAsync(clientId, Me.Only, ct) is { } settings
            ? await FormAsync(ClientForm.Of(settings, row.TenantKey, row.Version), isNew: false, ct)
            : NotFound();

    /// <summary>Changes them.</summary>
    [HttpPost("{clientId}/settings"), Audience(Administrators.Installation, Fresh = true)]
    public async Task<IActionResult> Update(string clientId, ClientForm form, CancellationToken ct)
    {
        form.ClientId = clientId;
        if (await clients.FindAsync(clientId, Me.Only, ct) is null)
        {
            return NotFound();
        }

        return await ReadAsync(form, ct) is { } client && Told(await change.UpdateAsync(client, form.Version, Me, ct))
            ? this.Tell(new Outcome.Done("clients.saved"), $"/admin/clients/{clientId}")
            : await FormAsync(form, isNew: false, ct);
    }

    /// <summary>Disables it.</summary>
    [HttpPost("{clientId}/suspension")]
    public async Task<IActionResult> Suspend(string clientId, CancellationToken ct) => Tell(clientId, await change.SetEnabledAsync(clientId, false, Me, ct));

    /// <summary>Serves it again.</summary>
    [HttpPost("{clientId}/suspension/end"), Audience(Administrators.Tenant, Fresh = true)]
    public async Task<IActionResult> EndSuspension(string clientId, CancellationToken ct) => Tell(clientId, await change.SetEnabledAsync(clientId, true, Me, ct));

    /// <summary>Makes a secret and shows it, this once.</summary>
    [HttpPost("{clientId}/secrets"), Audience(Administrators.Tenant, Fresh = true)]
    public async Task<IActionResult> AddSecret(string clientId, string? description, int? days, CancellationToken ct)
    {
        if (AskedSecret.Of(description, days) is not { } asked)
        {
            return Tell(clientId, await clients.FindAsync(clientId, Me.Only, ct) is null ? new Outcome.Unknown() : new Outcome.Refused("clients.wrong.secret"));
        }

        var (outcome, secret) = await change.AddSecretAsync(clientId, asked.Description, asked.Days, Me, ct);
        return secret is null ? Tell(clientId, outcome) : View("NewSecret", new NewSecret(clientId, secret));
    }

    /// <summary>Takes a secret away.</summary>
    [HttpPost("{clientId}/secrets/{secretId:long}/removal"), Audience(Administrators.Tenant, Fresh = true)]
    public async Task<IActionResult> RemoveSecret(string clientId, long secretId, CancellationToken ct) => Tell(clientId, await change.RemoveSecretAsync(clientId, secretId, Me, ct));

    IActionResult Tell(string clientId, Outcome outcome) => this.Tell(outcome, "/admin/clients/" + Uri.EscapeDataString(clientId));

    async Task<Client?> ReadAsync(ClientForm form, CancellationToken ct)
    {
        var tenant = form.Tenant is { } key ? await tenants.FindAsync(key, ct) : null;
        var (client, wrong) = await rules.ReadAsync(form, tenant?.TenantId, ct);
        if (form.Tenant is not null && tenant is null)
        {
            wrong = [.. wrong, new(nameof(form.Tenant), "clients.wrong.tenant")];
        }

        if (ClientFormRules.HoldsPrivateKey(wrong))
        {
            form.Jwks = null;
        }

        foreach (var (field, textKey, arguments) in wrong)
        {
            ModelState.AddModelError(field, t[textKey, arguments]);
        }

        return ModelState.IsValid ? client : null;
    }

    bool Told(ClientSaved saved)
    {
        switch (saved)
        {
            case ClientSaved.Saved:
                return true;
            case ClientSaved.Refused { Wrong: var (field, textKey, arguments) }:
                ModelState.AddModelError(field, t[textKey, arguments]);
                return false;
            default:
                ModelState.AddModelError("", t["clients.wrong.changed_meanwhile"]);
                return false;
        }
    }

    async Task<IActionResult> FormAsync(ClientForm form, bool isNew, CancellationToken ct) =>
        View("ClientSettings", new ClientSettingsPage(form, isNew, await tenants.ListAsync(ct), await rules.ScopesAsync(ct)));
}

/// <summary>How long a new secret may last.</summary>
static class SecretLifetimes
{
    public static IReadOnlyList<int> Days { get; } = [30, 90, 180, 365];
}

/// <summary>A secret that somebody asks for, of a client or an API.</summary>
/// <param name="Description">What it is called: 1 to 100 characters.</param>
/// <param name="Days">How long it lasts: one of <see cref="SecretLifetimes.Days"/>.</param>
sealed record AskedSecret(string Description, int Days)
{
    /// <summary>What was typed, or null where it is no description and no lifetime.</summary>
    public static AskedSecret? Of(string? description, int? days) =>
        description?.Trim() is { Length: > 0 and <= 100 } called && !called.Any(char.IsControl) && days is { } lasting && SecretLifetimes.Days.Contains(lasting) ? new(called, lasting) : null;
}

/// <summary>The list and what it can be narrowed to.</summary>
sealed record ClientListPage(ClientQuery Query, ListPage<ClientRow> Clients, IReadOnlyList<Tenant> Tenants);

/// <summary>One client.</summary>
sealed record ClientPage(ClientRow Row, Client Settings, IReadOnlyList<SecretRow> Secrets);

/// <summary>The form of all settings.</summary>
sealed record ClientSettingsPage(ClientForm Form, bool IsNew, IReadOnlyList<Tenant> Tenants, IReadOnlyList<string> Scopes);

/// <summary>A secret, shown this once.</summary>
sealed record NewSecret(string ClientId, string Secret);
