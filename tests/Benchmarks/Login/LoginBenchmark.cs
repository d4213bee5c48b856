using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Benchmarks.Stage;
using Identity.Users;
using Platform.Demo;

namespace Benchmarks.Login;

/// <summary>
/// What identity does all day, against npm oidc-provider on its in-memory adapter: whole sign-ins by code and PKCE on a session that is there, tokens for programs,
/// refreshes. Ours keeps everything in PostgreSQL and writes an audit entry for each; the other keeps it in memory. Both take turns, with the same clients.
/// </summary>
static class LoginBenchmark
{
    const double Wanted = 1.0;

    static readonly int[] ClientCounts = [1, 4, 8];

    static readonly string[] People = ["sales@huaxin.example", "purchasing@huaxin.example", "admin@huaxin.example", "sales@jiangnan.example"];

    static readonly (string Name, Func<Caller, CancellationToken, Task> Act)[] Acts =
    [
        ("sign_in", (caller, ct) => caller.SignInAsync(ct)),
        ("client_credentials", (caller, ct) => caller.ClientCredentialsAsync(ct)),
        ("refresh", (caller, ct) => caller.RefreshAsync(ct)),
    ];

    public static async Task<Report> RunAsync(RunLength length, CancellationToken ct)
    {
        var machine = Machine.Description;
        await using var installation = await Installation.BeginAsync(withDemo: true, ct);
        await installation.ServeAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["Outbox__Enabled"] = "false", ["Outbound__AllowThisMachine"] = "true" }, ct);
        await using var node = await NodeProvider.StartAsync("RS256", ct);
        await using var alike = await NodeProvider.StartAsync("ES256", ct);
        await RegisterClientAsync(installation, ct);
        var ours = await SignedInAsync(installation, ct);
        var theirs = await node.SignedInAsync(ClientCounts.Max(), ct);
        var alikes = await alike.SignedInAsync(ClientCounts.Max(), ct);
        var figures = new List<Figure>();
        var notes = new List<string> { $"{machine}; {length.Name} run, {length.Rounds} rounds of {length.Round.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s each way" };
        foreach (var (name, act) in Acts)
        {
            await MeasureAsync(name, act, new(ours, theirs, alikes, node), length, installation, figures, notes, ct);
        }

        await ProvidersBenchmark.MeasureAsync(installation, ours, length, figures, notes, ct);
        notes.Add(PasswordHashing());
        return new("login", [.. figures.OrderByDescending(figure => figure.Target is not null)], notes);
    }

    static async Task MeasureAsync(
        string name, Func<Caller, CancellationToken, Task> act, Rivals rivals, RunLength length, Installation installation, List<Figure> figures, List<string> notes, CancellationToken ct)
    {
        Installation.Say($"{name} ...");
        using var our = new Callers(rivals.Ours, ClientCounts.Max());
        using var their = new Callers(rivals.Theirs, ClientCounts.Max());
        using var alike = new Callers(rivals.Alike, ClientCounts.Max());
        await Load.WarmUpAsync(ClientCounts.Max(), length, (client, token) => act(our[client], token), ct);
        await Load.WarmUpAsync(ClientCounts.Max(), length, (client, token) => act(their[client], token), ct);
        await Load.WarmUpAsync(ClientCounts.Max(), length, (client, token) => act(alike[client], token), ct);
        await installation.GatherStatisticsAsync(ct);
        foreach (var clients in ClientCounts)
        {
            var (byUs, byThem, byAlike, spent, spentByThem) = (Taken.Nothing, Taken.Nothing, Taken.Nothing, Spent.Nothing, 0.0);
            for (var turn = 0; turn < length.Rounds * 2; turn++)
            {
                our.Forget();
                their.Forget();
                alike.Forget();
                // Who goes first changes, so that neither always meets what the other left behind.
                if ((turn + (turn / 2)) % 2 == 0)
                {
                    var before = installation.Spent;
                    await Statements.BeginAsync(installation, ct);
                    var once = await Load.RunAsync(clients, length.Round, (client, token) => act(our[client], token), ct);
                    await Statements.TellAsync(installation, name, once.Milliseconds.Count, ct);
                    byUs += once;
                    spent += installation.Spent - before;
                }
                else
                {
                    var before = Processor.Milliseconds(rivals.Node.ProcessId);
                    byThem += await Load.RunAsync(clients, length.Round, (client, token) => act(their[client], token), ct);
                    spentByThem += Processor.Milliseconds(rivals.Node.ProcessId) - before;
                    if (clients == ClientCounts.Max())
                    {
                        byAlike += await Load.RunAsync(clients, length.Round, (client, token) => act(alike[client], token), ct);
                    }
                }
            }

            var count = string.Create(CultureInfo.InvariantCulture, $"{clients}_client{(clients == 1 ? "" : "s")}");
            figures.Add(Figure.High($"{name}_ratio_{count}", byUs.PerSecond / byThem.PerSecond, clients == ClientCounts.Max() ? Wanted : null));
            if (clients == ClientCounts.Max())
            {
                figures.Add(Figure.High($"{name}_ratio_{count}_same_signature", byUs.PerSecond / byAlike.PerSecond));
            }

            figures.Add(Figure.High($"{name}_per_second_{count}", byUs.PerSecond));
            figures.Add(Figure.High($"{name}_oidc_provider_per_second_{count}", byThem.PerSecond));
            figures.Add(Figure.Low($"{name}_p95_ms_{count}", byUs.Percentile(0.95)));
            notes.Add(string.Create(CultureInfo.InvariantCulture, $"{name}, {count}: ours {spent.Each(byUs.Milliseconds.Count)}; oidc-provider {spentByThem / byThem.Milliseconds.Count:0.00} ms"));
        }
    }

    // As an administrator would register it; the settings that matter here are those of the profile.
    static async Task RegisterClientAsync(Installation installation, CancellationToken ct)
    {
        await using var source = installation.Connect("postgres");
        await using var register = source.CreateCommand("""
            with client as (
                insert into identity.registered_client (client_id, client_name, token_endpoint_auth_method, allowed_grant_types, redirect_uris, allowed_scopes,
                    allow_offline_access, created_at, updated_at)
                values ($1, 'Login benchmark', 'client_secret_basic', '{authorization_code,client_credentials,refresh_token}', array[$2], array['openid', 'offline_access', $3],
                    true, now(), now())
                returning registered_client_id)
            insert into identity.client_secret (registered_client_id, description, hash, created_at) select registered_client_id, 'benchmark', $4, now() from client
            """);
        foreach (var value in new object[] { Provider.ClientId, Provider.RedirectUri, Provider.ApiScope, SHA256.HashData(Encoding.UTF8.GetBytes(Provider.Secret)) })
        {
            register.Parameters.Add(new() { Value = value });
        }

        await register.ExecuteNonQueryAsync(ct);
    }

    static async Task<Provider> SignedInAsync(Installation installation, CancellationToken ct)
    {
        var cookies = new List<string>();
        for (var client = 0; client < ClientCounts.Max(); client++)
        {
            using var browser = new Browser();
            await browser.SignInAsync(installation.Portal, People[client % People.Length], DemoAccounts.Password, ct);
            cookies.Add(browser.Cookie("__Host-identity"));
        }

        return new("identity", new(installation.Identity, "/connect/authorize"), new(installation.Identity, "/connect/token"), cookies);
    }

    // Kept out of the comparison: how long one takes is chosen, and the same for everybody who chooses the same.
    static string PasswordHashing()
    {
        const int Times = 10;
        var hasher = new AccountPasswordHasher();
        var hash = hasher.HashPassword(new(), DemoAccounts.Password);
        var began = Stopwatch.GetTimestamp();
        for (var time = 0; time < Times; time++)
        {
            hasher.VerifyHashedPassword(new(), hash, DemoAccounts.Password);
        }

        return string.Create(CultureInfo.InvariantCulture, $"checking a password: {Stopwatch.GetElapsedTime(began).TotalMilliseconds / Times:0} ms of processor time (PBKDF2-HMAC-SHA-512, 210,000 rounds), once a sign-in without a session");
    }

    // Theirs signs access tokens as it does where nothing is set; Alike as ours does.
    sealed record Rivals(Provider Ours, Provider Theirs, Provider Alike, NodeProvider Node);

    sealed class Callers(Provider provider, int count) : IDisposable
    {
        readonly Caller[] all = [.. Enumerable.Range(0, count).Select(number => new Caller(provider, number))];

        public Caller this[int number] => all[number];

        public void Forget() => Array.ForEach(all, caller => caller.Forget());

        public void Dispose() => Array.ForEach(all, caller => caller.Dispose());
    }
}
