using System.Net.Mail;
using Identity.Users;
using Platform.Texts;

namespace Identity.PasswordReset;

/// <summary><c>add-user EMAIL</c>: an account for the first people of an installation, with a link to choose its password.</summary>
sealed class AddUserVerb(AddAccount addAccount, PasswordResetMail links)
{
    /// <summary>Adds it and prints the link; for an account that exists already, prints a new link.</summary>
    public async Task<int> RunAsync(string email, string? name, string? language, TextWriter output, CancellationToken ct)
    {
        if (!MailAddress.TryCreate(email, out var address) || address.Address != email)
        {
            await output.WriteLineAsync($"'{email}' is not an e-mail address.");
            return 1;
        }

        var account = new Account
        {
            Email = email,
            Name = name ?? address.User,
            Language = TextBook.Languages.FirstOrDefault(known => known == language) ?? TextBook.Languages[0],
            EmailConfirmed = false,
        };
        switch (await addAccount.RunAsync(account, password: null, ct))
        {
            case AccountAdded.Added added:
                await output.WriteLineAsync($"{email} has an account now; its subject is {added.Account.Subject}.");
                await PrintLinkAsync(added.Account, output, ct);
                return 0;
            case AccountAdded.Exists existing:
                await output.WriteLineAsync($"{email} has an account already; its subject is {existing.Account.Subject}.");
                await PrintLinkAsync(existing.Account, output, ct);
                return 0;
            case AccountAdded.Refused refused:
                await output.WriteLineAsync($"{email} was not added: {string.Join(" ", refused.Reasons)}");
                return 1;
            default:
                throw new InvalidOperationException("An account is added, exists or is refused.");
        }
    }

    async Task PrintLinkAsync(Account account, TextWriter output, CancellationToken ct) =>
        await output.WriteLineAsync($"Within an hour, choose a password at {links.Address(await links.MakeAsync(account, invites: false, ct))}");
}
