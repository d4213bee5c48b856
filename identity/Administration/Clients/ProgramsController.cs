using System.Security.Cryptography;
using Identity.Clients;
using Identity.Tenants;
using Microsoft.AspNetCore.Mvc;
using Platform.OpenIdConnect;
using Platform.Texts;

namespace Identity.Administration.Clients;

/// <summary>
/// Programs of a tenant, an ERP for example, that work without a person: client_credentials for the portal's API and nothing else. Their own
/// administrator gives them access.
/// </summary>
[Audience(Administrators.Tenant)]
sealed class ProgramsController(ClientListStore clients, TenantStore tenants, ChangeClient change, Texts t) : Controller
{
    Administrator Me => HttpContext.Administrator();

    /// <summary>Asks which program.</summary>
    [HttpGet("admin/programs/new")]
    public async Task<IActionResult> New(CancellationToken ct) => View("NewProgram", new ProgramPage(new(), await TenantsAsync(ct)));

    /// <summary>Registers it; where it shall have a secret, shows it, this once.</summary>
    [HttpPost("admin/programs/new"), Audience(Administrators.Tenant, Fresh = true)]
    public async Task<IActionResult> Create(ProgramForm form, CancellationToken ct)
    {
        // The tenant of who may not choose is never taken from the form.
        var tenant = Me.IsOfInstallation ? await tenants.FindAsync(form.Tenant ?? "", ct) : await tenants.FindAsync(Me.TenantId, ct);
        if (tenant is not { DisabledAt: null })
        {
            ModelState.AddModelError(nameof(form.Tenant), t["clients.wrong.tenant"]);
        }

        Judge(form);
        if (!ModelState.IsValid || tenant is null)
        {
            return View("NewProgram", new ProgramPage(form, await TenantsAsync(ct)));
        }

        var client = Program(form, tenant);
        switch (await change.AddAsync(client, ct))
        {
            case ClientSaved.Saved when form.HasKeys:
                return this.Tell(new Outcome.Done("clients.added"), "/admin/clients/" + client.ClientId);
            case ClientSaved.Saved:
                var (_, secret) = await change.AddSecretAsync(client.ClientId, t["clients.first_secret"], form.Days!.Value, Me, ct);
                return View("NewSecret", new NewSecret(client.ClientId, secret ?? throw new InvalidOperationException("A new client takes a secret.")));
            case ClientSaved.Refused { Wrong: var (field, textKey, arguments) }:
                ModelState.AddModelError(field, t[textKey, arguments]);
                return View("NewProgram", new ProgramPage(form, await TenantsAsync(ct)));
            default:
                return NotFound();
        }
    }

    /// <summary>Changes what a program is called, what it is for, and its keys.</summary>
    [HttpPost("admin/clients/{clientId}/program"), Audience(Administrators.Tenant, Fresh = true)]
    public async Task<IActionResult> Update(string clientId, ProgramForm form, CancellationToken ct)
    {
        if (await clients.FindAsync(clientId, Me.Only, ct) is not { Kind: "program" } row || await clients.SettingsAsync(clientId, Me.Only, ct) is not { } program)
        {
            return NotFound();
        }

        form.Method = program.TokenEndpointAuthMethod is "private_key_jwt" ? "keys" : "secret";
        form.Days = SecretLifetimes.Days[0];
        Judge(form);
        if (ModelState.IsValid)
        {
            program.ClientName = form.ClientName!.Trim();
            program.Description = form.Description?.Trim();
            program.Jwks = form.HasKeys ? form.Jwks!.Trim() : program.Jwks;
            switch (await change.UpdateAsync(program, form.Version, Me, ct))
            {
                case ClientSaved.Saved:
                    return this.Tell(new Outcome.Done("clients.saved"), "/admin/clients/" + clientId);
                case ClientSaved.Refused { Wrong: var (field, textKey, arguments) }:
                    ModelState.AddModelError(field, t[textKey, arguments]);
                    break;
                default:
                    return NotFound();
            }
        }

        (program.ClientName, program.Description, program.Jwks) = (form.ClientName ?? "", form.Description, form.HasKeys ? form.Jwks : program.Jwks);
        return View("ClientPage", new ClientPage(row, program, await clients.SecretsAsync(row.RegisteredClientId, ct)));
    }

    void Judge(ProgramForm form)
    {
        var wrong = ClientFormRules.Labels(form.ClientName?.Trim() ?? "", form.Description).ToList();
        if (form.Method is not ("secret" or "keys"))
        {
            wrong.Add(new(nameof(form.Method), "clients.wrong.method"));
        }

        if (form.HasKeys && ClientFormRules.Keys(form.Jwks?.Trim()) is { } wrongKeys)
        {
            wrong.Add(wrongKeys);
        }

        if (!form.HasKeys && (form.Days is not { } days || !SecretLifetimes.Days.Contains(days)))
        {
            wrong.Add(new(nameof(form.Days), "clients.wrong.secret"));
        }

        if (ClientFormRules.HoldsPrivateKey(wrong))
        {
            form.Jwks = null;
        }

        foreach (var (field, textKey, arguments) in wrong)
        {
            ModelState.AddModelError(field, t[textKey, arguments]);
        }
    }

    static Client Program(ProgramForm form, Tenant tenant) => new()
    {
        ClientId = $"erp-{tenant.Key}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(5))}",
        ClientName = form.ClientName!.Trim(),
        Description = form.Description?.Trim(),
        TenantId = tenant.TenantId,
        AllowedGrantTypes = [GrantTypes.ClientCredentials],
        AllowedScopes = [PortalClient.ApiScope],
        TokenEndpointAuthMethod = form.HasKeys ? "private_key_jwt" : null,
        Jwks = form.HasKeys ? form.Jwks!.Trim() : null,
    };

    async Task<IReadOnlyList<Tenant>> TenantsAsync(CancellationToken ct) => Me.IsOfInstallation ? await tenants.ListAsync(ct) : [];
}

/// <summary>A program as its administrator describes it.</summary>
sealed class ProgramForm
{
    public string? ClientName { get; set; }

    public string? Description { get; set; }

    /// <summary>A tenant's key; only who sees all tenants names one.</summary>
    public string? Tenant { get; set; }

    /// <summary><c>secret</c> or <c>keys</c>.</summary>
    public string? Method { get; set; } = "secret";

    public string? Jwks { get; set; }

    /// <summary>How long its first secret lasts.</summary>
    public int? Days { get; set; } = 180;

    public string? Version { get; set; }

    public bool HasKeys => Method is "keys";
}

/// <summary>A program to be registered.</summary>
sealed record ProgramPage(ProgramForm Form, IReadOnlyList<Tenant> Tenants);
