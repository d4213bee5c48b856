using System.Globalization;
using Benchmarks.Stage;

namespace Benchmarks.Pages;

/// <summary>
/// The pages people open all day, by signed-in sessions, with the imported channel in the database: requests a second and the time within which
/// 95 of 100 are answered.
/// </summary>
static class PagesBenchmark
{
    const double WantedPerSecond = 300;
    const double WantedMilliseconds = 60;

    static readonly int[] ClientCounts = [1, 4];

    public static async Task<Report> RunAsync(RunLength length, CancellationToken ct)
    {
        var machine = Machine.Description;
        await using var installation = await Installation.BeginAsync(withDemo: false, ct);
        var channel = Channel.Find(installation.Folder);
        var filled = await FilledChannel.PrepareAsync(installation, channel, length, ct);
        var sessions = new List<Browser>();
        try
        {
            IReadOnlyList<Browser> brand = [.. await SignInAsync(installation, sessions, FilledChannel.BrandEmails, FilledChannel.Password, ct)];
            IReadOnlyList<Browser> distributor = [.. await SignInAsync(installation, sessions, FilledChannel.DistributorEmails, FilledChannel.Password, ct)];
            IReadOnlyList<Browser> strangers = [.. Enumerable.Range(0, ClientCounts.Max()).Select(_ => new Browser())];
            sessions.AddRange(strangers);
            Measured[] pages =
            [
                new("deal_list_brand", new(installation.Portal, "/deals"), brand, IsWanted: true),
                new("deal_list_distributor", new(installation.Portal, "/deals"), distributor, IsWanted: true),
                new("dashboard_brand", new(installation.Portal, "/kpis?period=" + Channel.BusyQuarter), brand, IsWanted: true),
                new("dashboard_distributor", new(installation.Portal, "/kpis?period=" + Channel.BusyQuarter), distributor, IsWanted: true),
                new("sign_in_page", new(installation.Identity, "/sign-in"), strangers, IsWanted: false),
            ];
            var figures = new List<Figure>();
            var notes = new List<string> { $"{machine}; {length.Name} run; {channel.Name}, {filled.Description}" };
            foreach (var page in pages)
            {
                await MeasureAsync(page, length, installation, figures, notes, ct);
            }

            return new("pages", [.. figures.OrderByDescending(figure => figure.Target is not null)], notes);
        }
        finally
        {
            sessions.ForEach(session => session.Dispose());
        }
    }

    static async Task<List<Browser>> SignInAsync(Installation installation, List<Browser> all, IReadOnlyList<string> emails, string password, CancellationToken ct)
    {
        var signedIn = new List<Browser>();
        for (var client = 0; client < ClientCounts.Max(); client++)
        {
            var browser = new Browser();
            all.Add(browser);
            await browser.SignInAsync(installation.Portal, emails[client % emails.Count], password, ct);
            signedIn.Add(browser);
        }

        return signedIn;
    }

    static async Task MeasureAsync(Measured page, RunLength length, Installation installation, List<Figure> figures, List<string> notes, CancellationToken ct)
    {
        Installation.Say($"{page.Name} ...");
        var seen = await page.Sessions[0].OpenAsync(page.Address, ct);
        if (!seen.Text.Contains("</html>", StringComparison.Ordinal) || (int)seen.Status != 200)
        {
            throw new CannotMeasureException($"{page.Address} answered {(int)seen.Status}, which is no page.");
        }

        Task Read(int client, CancellationToken token) => page.Sessions[client].ReadAsync(page.Address, token);
        await Load.WarmUpAsync(ClientCounts.Max(), length, Read, ct);
        foreach (var clients in ClientCounts)
        {
            var (taken, spent) = (Taken.Nothing, Spent.Nothing);
            await Statements.BeginAsync(installation, ct);
            for (var round = 0; round < Math.Max(1, length.Rounds / 2); round++)
            {
                var before = installation.Spent;
                taken += await Load.RunAsync(clients, length.Round, Read, ct);
                spent += installation.Spent - before;
            }

            await Statements.TellAsync(installation, page.Name, taken.Milliseconds.Count, ct);
            var name = string.Create(CultureInfo.InvariantCulture, $"{clients}_client{(clients == 1 ? "" : "s")}");
            var isWanted = page.IsWanted && clients == ClientCounts.Max();
            figures.Add(Figure.High($"{page.Name}_per_second_{name}", taken.PerSecond, isWanted ? WantedPerSecond : null));
            figures.Add(Figure.Low($"{page.Name}_p95_ms_{name}", taken.Percentile(0.95), isWanted ? WantedMilliseconds : null));
            notes.Add($"{page.Name}, {name}: {spent.Each(taken.Milliseconds.Count)}; {seen.Text.Length} characters");
        }
    }

    /// <summary>A page that is measured.</summary>
    /// <param name="Name">What its figures are called.</param>
    /// <param name="Address">Where it is.</param>
    /// <param name="Sessions">The browsers that read it.</param>
    /// <param name="IsWanted">True where an issue says how fast it shall be.</param>
    sealed record Measured(string Name, Uri Address, IReadOnlyList<Browser> Sessions, bool IsWanted);
}
