using Platform.Database;
using Portal.Web;

namespace Portal.Partners;

/// <summary>
/// <c>portal -- add-person</c>: links a sign-in to a company, so that a new installation gets its first brand administrator. The account
/// is made with the identity provider; issuer and subject are what stands in its tokens. With <c>--program</c> it is an API client.
/// </summary>
public sealed class AddPersonVerb(BrandPartner brand, PartnerStore partners, LinkPerson link) : IVerb
{
    /// <inheritdoc/>
    public string Name => "add-person";

    /// <inheritdoc/>
    public string Usage => "add-person [--program] NAME EMAIL ISSUER SUBJECT PARTNER ROLE[,ROLE]  links a sign-in to a partner (its number or code, or 'brand') with these roles; with --program an API client, EMAIL may be -";

    /// <inheritdoc/>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken ct)
    {
        var isProgram = arguments.Contains("--program", StringComparer.Ordinal);
        if (arguments.Where(argument => argument is not "--program").ToList() is not [var name, var email, var issuer, var subject, var partner, var roles])
        {
            throw new UsageException("add-person takes six arguments.");
        }

        if (!Uri.TryCreate(issuer, UriKind.Absolute, out _))
        {
            throw new UsageException($"The issuer is an address as it stands in the tokens, not '{issuer}'.");
        }

        var partnerNumber = partner is "brand" ? await brand.EnsureAsync(ct) : await partners.FindNumberAsync(partner, ct) ?? partner;
        var person = new NewPerson(PublicNumber.New("U"), partnerNumber, isProgram ? "api_client" : "person", issuer, subject, name, email is "-" ? null : email, null);
        switch (await link.RunAsync(person, roles.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), ct))
        {
            case PersonOutcome.Done(var number):
                await output.WriteLineAsync($"{name} is {number} of {partnerNumber} with {roles}.");
                return 0;
            case PersonOutcome.NotThere:
                await output.WriteLineAsync($"There is no partner '{partner}'.");
                return 1;
            case PersonOutcome.Refused("partners.people.refused.linked_already"):
                await output.WriteLineAsync($"The subject '{subject}' of {issuer} is linked to somebody already.");
                return 1;
            default:
                await output.WriteLineAsync($"'{roles}' are not roles of that company. The brand's: {string.Join(", ", PartnerWords.BrandRoles)}; a partner's: {string.Join(", ", PartnerWords.PartnerRoles)}.");
                return 1;
        }
    }
}
