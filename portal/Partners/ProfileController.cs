using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Audit;
using Platform.Database;
using Platform.Texts;
using Platform.Web;
using Portal.Web;
using Portal.Web.Layout;

namespace Portal.Partners;

/// <summary>One's own language, time zone, theme and keys. Name, mail address and sign-in belong to the account with the identity provider.</summary>
[Route("profile")]
public sealed class ProfileController(PersonStore people, KeepProfile keep, ICurrentPerson me, Texts t) : Controller
{
    /// <summary>The form.</summary>
    [HttpGet("")]
    public async Task<IActionResult> Edit(CancellationToken ct) =>
        await people.FindAsync(me.PersonNumber, ct) is { } person ? View("Profile", Page(person, new ProfileForm { Language = person.Language, TimeZone = person.TimeZone, Theme = person.Theme, Keys = !person.KeysOff })) : NotFound();

    /// <summary>Keeps it.</summary>
    [HttpPost("")]
    public async Task<IActionResult> Update([FromForm(Name = "Form")] ProfileForm form, CancellationToken ct)
    {
        if (await keep.RunAsync(form, ct) is { } wrong)
        {
            ModelState.AddModelError("Form." + wrong.Field, t[wrong.TextKey, [.. wrong.Arguments]]);
            return await people.FindAsync(me.PersonNumber, ct) is { } person ? View("Profile", Page(person, form)) : NotFound();
        }

        // This browser's own choice would win over the record and make the form seem to do nothing.
        Response.Cookies.Delete(Languages.CookieName);
        Response.Cookies.Delete(Preferences.ThemeCookie);
        this.Flash(FlashKind.Done, t.In(form.Language ?? Languages.Current, "partners.profile.saved"));
        return RedirectToAction(nameof(Edit));
    }

    ProfilePage Page(Person person, ProfileForm form) => new(person, form,
        [.. TextBook.Languages.Select(language => new SelectListItem(t[$"partners.language.{language}"], language))],
        PartnersController.Zones(),
        [new(t["web.theme.light"], "light"), new(t["web.theme.dark"], "dark")]);
}

/// <summary>What the form sends; empty means: as the company, the browser or the device has it.</summary>
public sealed record ProfileForm
{
    /// <summary>en or zh-CN.</summary>
    public string? Language { get; init; }

    /// <summary>IANA.</summary>
    public string? TimeZone { get; init; }

    /// <summary>light or dark.</summary>
    public string? Theme { get; init; }

    /// <summary>Single keys act.</summary>
    public bool Keys { get; init; }
}

/// <summary>The form as <c>Profile.cshtml</c> shows it.</summary>
public sealed record ProfilePage(Person Person, ProfileForm Form, IReadOnlyList<SelectListItem> Languages, IReadOnlyList<SelectListItem> TimeZones, IReadOnlyList<SelectListItem> Themes);

/// <summary>Keeps one's own preferences; also for the language and theme switch on every page, and for the reviewer's keys.</summary>
public sealed class KeepProfile(Db db, PersonStore people, AuditTrail audit, ICurrentPerson me) : IPreferenceKeeper
{
    /// <summary>Keeps all of them; answers what is wrong, or null.</summary>
    public Task<FieldProblem?> RunAsync(ProfileForm form, CancellationToken ct) => db.InTransactionAsync<FieldProblem?>(async () =>
    {
        if (form.Language is not null && !TextBook.Languages.Contains(form.Language, StringComparer.Ordinal))
        {
            return new(nameof(form.Language), "partners.refused.language_unknown", form.Language);
        }

        if (form.TimeZone is not null && !(TimeZoneInfo.TryFindSystemTimeZoneById(form.TimeZone, out var zone) && zone.HasIanaId))
        {
            return new(nameof(form.TimeZone), "partners.refused.time_zone_unknown", form.TimeZone);
        }

        await people.SetPreferencesAsync(form.Language, form.TimeZone, form.Theme is "light" or "dark" ? form.Theme : null, form.Keys, ct);
        await audit.RecordAsync("person.profile_changed", "person", me.PersonNumber, me.PartnerId, form, ct);
        return null;
    }, ct);

    /// <inheritdoc/>
    public async Task KeepAsync(string? language, string? theme, bool? keys, CancellationToken ct) => await people.KeepPreferencesAsync(language, theme, keys, ct);
}
