using System.Globalization;
using Platform.Database;

namespace Portal.Web;

/// <summary>Lets the product work for a person who is not there, such as for a mail that was subscribed to: in a scope of its own, with that person's rights of this moment and in that person's language.</summary>
public sealed class OnBehalf(IServiceScopeFactory scopes)
{
    /// <summary>Does it.</summary>
    /// <param name="issuer">Who vouches for the person.</param>
    /// <param name="subject">The person, as the issuer calls it.</param>
    /// <param name="language"><c>en</c> or <c>zh-CN</c>.</param>
    /// <param name="work">What is to be done, with the scope's services.</param>
    /// <param name="ct">Stops waiting.</param>
    /// <returns>False where the person is disabled, or its company suspended: then nothing is done.</returns>
    public async Task<bool> RunAsync(string issuer, string subject, string language, Func<IServiceProvider, ICurrentPerson, Task> work, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.Subject(issuer, subject);
        if (await scope.ServiceProvider.GetRequiredService<IPeopleDirectory>().FindCurrentAsync(ct) is not { } person)
        {
            return false;
        }

        var current = scope.ServiceProvider.GetRequiredService<CurrentPerson>();
        current.Known = person;
        // The culture flows down from here and not back to the caller.
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        await work(scope.ServiceProvider, current);
        return true;
    }
}
