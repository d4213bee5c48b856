using System.Globalization;
using Identity.Administration.People;
using Identity.Demo;
using Identity.Keys;
using Identity.PasswordReset;
using Platform;
using Platform.Audit;
using Platform.Database;
using Platform.Web;

namespace Identity.Web;

/// <summary>
/// <c>identity [serve | migrate | seed | add-administrator EMAIL [NAME] | add-user EMAIL | rotate-keys | revoke-key KID | verify] [--data DIR] [--port N] [--Section:Name=value]</c>. Without a verb identity serves.
/// Whatever keeps it from starting is told in one line, and the exit code is not 0.
/// </summary>
static class CommandLine
{
    const string Usage = """
          identity serve           answers on Identity__Url
          identity migrate         brings the database up to date
          identity verify          looks whether the audit is whole
          identity seed            makes the accounts and API clients of the demonstration
          identity add-administrator EMAIL [NAME]
                                   the first person who looks after the installation; prints the link to choose a password (--language zh-CN)
          identity add-user EMAIL  adds an account and prints the link to choose its password (--name NAME, --language zh-CN)
          identity rotate-keys     announces new signing keys, which sign in ten minutes
          identity revoke-key KID  a stolen signing key counts no more, at once; another signs (--reason TEXT)
        Each takes --data DIR and --port N.
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            return await RunAsync(Order.Read(args));
        }
        catch (UsageException wrong)
        {
            await Console.Error.WriteLineAsync($"{wrong.Message}\n{Usage}");
            return 2;
        }
        catch (Exception failure) when (StartUpProblems.Explain(failure) is { } sentence)
        {
            await Console.Error.WriteLineAsync(sentence);
            return CannotStartException.ExitCode;
        }
    }

    static async Task<int> RunAsync(Order order)
    {
        using var stop = new CancellationTokenSource();
        if (order.Words is [] or ["serve"])
        {
            await using var serving = await IdentityApplication.BuildAsync(order.Settings, stop.Token);
            await IdentityApplication.PrepareAsync(serving, stop.Token);
            await serving.ServeAsync(stop.Token);
            return Environment.ExitCode;
        }

        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        await using var app = await IdentityApplication.BuildAsync(["--Logging:LogLevel:Default=Warning", .. order.Settings], stop.Token);
        await using var scope = app.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("cli:" + order.Words[0]);
        return order.Words switch
        {
            ["migrate"] => await MigrateAsync(app.Services.GetRequiredService<ServiceDatabase>()),
            ["verify"] or ["verify", "audit" or "all"] => await VerifyAsync(scope.ServiceProvider.GetRequiredService<AuditCheck>(), stop.Token),
            ["seed"] => await scope.ServiceProvider.GetRequiredService<SeedDemo>().RunAsync(Console.Out, stop.Token),
            ["add-administrator", var email] => await AppointAsync(email, app.Configuration["name"]),
            ["add-administrator", var email, var name] => await AppointAsync(email, name),
            ["add-user", var email] => await scope.ServiceProvider.GetRequiredService<AddUserVerb>().RunAsync(email, app.Configuration["name"], app.Configuration["language"], Console.Out, stop.Token),
            ["rotate-keys"] => await scope.ServiceProvider.GetRequiredService<KeyVerbs>().RotateAsync(Console.Out, stop.Token),
            ["revoke-key", var kid] => await scope.ServiceProvider.GetRequiredService<KeyVerbs>().RevokeAsync(kid, app.Configuration["reason"], Console.Out, stop.Token),
            _ => throw new UsageException($"'{string.Join(' ', order.Words)}' is not understood."),
        };

        Task<int> AppointAsync(string email, string? name) =>
            scope.ServiceProvider.GetRequiredService<AddAdministratorVerb>().RunAsync(email, name, app.Configuration["language"], Console.Out, stop.Token);
    }

    static async Task<int> VerifyAsync(AuditCheck audit, CancellationToken ct)
    {
        var (acts, seals, findings) = await audit.RunAsync(ct);
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"audit    {(findings.Count == 0 ? "ok" : "WRONG")}  looked at {acts:N0} acts, {seals:N0} seals"));
        foreach (var finding in findings)
        {
            await Console.Out.WriteLineAsync("         " + finding);
        }

        return findings.Count == 0 ? 0 : 1;
    }

    // Opening the database has done it already.
    static async Task<int> MigrateAsync(ServiceDatabase database)
    {
        await Console.Out.WriteLineAsync(database.Migrated.Count == 0 ? "The schema identity is up to date." : $"Applied to the schema identity:\n  {string.Join("\n  ", database.Migrated)}");
        return 0;
    }

    /// <summary>A command line, taken apart.</summary>
    /// <param name="Words">The verb and what follows it.</param>
    /// <param name="Settings">What configures the program, as the host reads it.</param>
    internal sealed record Order(IReadOnlyList<string> Words, IReadOnlyList<string> Settings)
    {
        static readonly string[] WithValue = ["--data", "--port", "--name", "--language", "--reason"];

        public static Order Read(string[] args)
        {
            List<string> words = [], settings = [];
            for (var i = 0; i < args.Length; i++)
            {
                if (WithValue.Contains(args[i], StringComparer.Ordinal))
                {
                    settings.Add($"{args[i]}={(i + 1 < args.Length ? args[i + 1] : throw new UsageException($"{args[i]} wants a value after it."))}");
                    i++;
                }
                else
                {
                    (args[i].StartsWith("--", StringComparison.Ordinal) ? settings : words).Add(args[i]);
                }
            }

            return new(words, settings);
        }
    }

    sealed class UsageException(string message) : Exception(message);
}
