using System.Globalization;
using Benchmarks.Stage;

namespace Benchmarks.Login;

/// <summary>
/// What a thousand identity providers of partners cost everybody, against one: what a person does who comes through one of them, and what those do who need none. On one
/// database, which has one and a thousand in turns; whoever comes through one of a thousand comes through any of them.
/// </summary>
static class ProvidersBenchmark
{
    const int Many = 1000;
    const int Clients = 4;
    const double Wanted = 1.1;

    /// <summary>Does so, and adds what it found.</summary>
    /// <param name="installation">Where; identity may ask for metadata on this machine.</param>
    /// <param name="ours">The provider with the benchmark's client, and sessions that are there.</param>
    /// <param name="length">How long.</param>
    /// <param name="figures">Take the figures.</param>
    /// <param name="notes">Take what is to be known of them.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task MeasureAsync(Installation installation, Provider ours, RunLength length, List<Figure> figures, List<string> notes, CancellationToken ct)
    {
        Installation.Say($"{Many} federated providers ...");
        await using var providers = await FederatedProviders.OpenAsync(installation, ct);
        using var people = await People.ComeAsync(installation.Identity, ours, providers, ct);
        var acts = people.Acts;
        await providers.SetCountAsync(Many, ct);
        await people.MeetEveryProviderAsync(ct);
        foreach (var (_, act) in acts)
        {
            await Load.WarmUpAsync(Clients, length, act, ct);
        }

        var (withOne, withMany) = (acts.ToDictionary(act => act.Name, _ => new Turns()), acts.ToDictionary(act => act.Name, _ => new Turns()));
        for (var turn = 0; turn < length.Rounds * 2; turn++)
        {
            // One, many, many, one: neither always meets what the other left behind.
            var (count, turns) = (turn + (turn / 2)) % 2 == 0 ? (1, withOne) : (Many, withMany);
            await providers.SetCountAsync(count, ct);
            foreach (var (name, act) in acts)
            {
                var before = installation.Spent;
                turns[name].Taken += await Load.RunAsync(Clients, length.Round, act, ct);
                turns[name].Spent += installation.Spent - before;
            }
        }

        var ratios = acts.ToDictionary(act => act.Name, act => withOne[act.Name].Taken.PerSecond / withMany[act.Name].Taken.PerSecond);
        figures.Add(Figure.Low($"providers_{Many}_cost_ratio", ratios.Values.Max(), Wanted));
        foreach (var (name, ratio) in ratios)
        {
            figures.Add(Figure.Low($"providers_{Many}_{name}_cost_ratio", ratio));
            figures.Add(Figure.High($"providers_{Many}_{name}_per_second", withMany[name].Taken.PerSecond));
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{name}, {Clients} clients, 1 provider: {withOne[name].Each}; {Many}: {withMany[name].Each}"));
        }
    }

    sealed class Turns
    {
        public Taken Taken { get; set; } = Taken.Nothing;

        public Spent Spent { get; set; } = Spent.Nothing;

        public string Each => Spent.Each(Taken.Milliseconds.Count);
    }

    sealed class People(IReadOnlyList<PartnersBrowser> browsers, IReadOnlyList<Caller> callers, FederatedProviders providers) : IDisposable
    {
        public (string Name, Func<int, CancellationToken, Task> Act)[] Acts =>
        [
            ("home_realm", (client, ct) => browsers[client].FindHomeAsync(AnyProvider(), ct)),
            ("federation_start", (client, ct) => browsers[client].StartAsync(AnyProvider(), ct)),
            ("sign_in", (client, ct) => callers[client].SignInAsync(ct)),
            ("client_credentials", (client, ct) => callers[client].ClientCredentialsAsync(ct)),
        ];

        public static async Task<People> ComeAsync(Uri identity, Provider ours, FederatedProviders providers, CancellationToken ct)
        {
            var browsers = new List<PartnersBrowser>();
            for (var client = 0; client < Clients; client++)
            {
                browsers.Add(await PartnersBrowser.OpenAsync(identity, ct));
            }

            return new(browsers, [.. Enumerable.Range(0, Clients).Select(client => new Caller(ours, client))], providers);
        }

        // Metadata are fetched when somebody first comes through a provider, which is once an hour and not what is measured.
        public async Task MeetEveryProviderAsync(CancellationToken ct)
        {
            for (var provider = 1; provider <= providers.Count; provider++)
            {
                await browsers[0].StartAsync(provider, ct);
            }
        }

        public void Dispose()
        {
            foreach (var one in browsers.Concat<IDisposable>(callers))
            {
                one.Dispose();
            }
        }

        // Chosen for the load and for nothing that has to be secret.
#pragma warning disable CA5394
        int AnyProvider() => Random.Shared.Next(1, providers.Count + 1);
#pragma warning restore CA5394
    }
}
