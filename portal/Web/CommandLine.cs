using Platform;
using Platform.Database;
using Platform.Web;

namespace Portal.Web;

/// <summary>
/// <c>portal [VERB] [ARGUMENTS] [--data DIR] [--port N] [--Section:Name=value]</c>. Without a verb the portal serves. Whatever keeps it
/// from starting is told in one line, and the exit code is not 0.
/// </summary>
static class CommandLine
{
    const string Serve = "serve";

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var order = Order.Read(args);
            return order.Verb == Serve ? await ServeAsync(order)
                : Features.OfflineVerbs.FirstOrDefault(order.Means) is { } offline ? await RunOfflineAsync(offline, order)
                : await RunVerbAsync(order);
        }
        catch (UsageException wrong)
        {
            await Console.Error.WriteLineAsync(wrong.Message);
            return 2;
        }
        catch (Exception failure) when (StartUpProblems.Explain(failure) is { } sentence)
        {
            await Console.Error.WriteLineAsync(sentence);
            return CannotStartException.ExitCode;
        }
    }

    static async Task<int> ServeAsync(Order order)
    {
        if (order.Arguments.Count > 0)
        {
            throw new UsageException($"'serve' takes no argument '{order.Arguments[0]}'.");
        }

        await using var app = await PortalApplication.BuildAsync(order.Settings, isServing: true, CancellationToken.None);
        await ProductionChecks.RefuseDemoContentAsync(app, CancellationToken.None);
        await PrepareAsync(app, CancellationToken.None);
        await app.ServeAsync(CancellationToken.None);
        return Environment.ExitCode; // not 0 when the portal itself ended: a clock that is apart
    }

    static async Task PrepareAsync(WebApplication app, CancellationToken ct)
    {
        await using var scope = app.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("start");
        foreach (var task in scope.ServiceProvider.GetServices<IBeforeServing>())
        {
            await task.PrepareAsync(ct);
        }
    }

    static async Task<int> RunVerbAsync(Order order)
    {
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        await using var app = await PortalApplication.BuildAsync(["--Logging:LogLevel:Default=Warning", .. order.Settings], isServing: false, stop.Token);
        await using var scope = app.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CallerAccessor>().Current = Caller.System("cli:" + order.Verb);
        var verbs = scope.ServiceProvider.GetServices<IVerb>().ToList();
        var verb = verbs.Find(verb => verb.Name == order.Verb)
            ?? throw new UsageException($"There is no verb '{order.Verb}'.\n{Usages(verbs)}");
        try
        {
            return await verb.RunAsync(order.Arguments, Console.Out, stop.Token);
        }
        catch (UsageException wrong)
        {
            throw new UsageException($"{wrong.Message}\nportal {verb.Usage}");
        }
    }

    static async Task<int> RunOfflineAsync(IOfflineVerb verb, Order order)
    {
        var settings = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine([.. order.Settings]).Build();
        try
        {
            return await verb.RunAsync([.. order.Arguments.Skip(verb.Name.Count(letter => letter == ' '))], DataFolder.Of(settings, Surroundings.ContentRoot("wwwroot")), Console.Out, CancellationToken.None);
        }
        catch (UsageException wrong)
        {
            throw new UsageException($"{wrong.Message}\nportal {verb.Usage}");
        }
    }

    static string Usages(IEnumerable<IVerb> verbs) =>
        string.Join('\n', verbs.Select(verb => verb.Usage).Concat(Features.OfflineVerbs.Select(verb => verb.Usage)).Prepend("serve  answers on Portal__Url").Order(StringComparer.Ordinal).Select(usage => "  portal " + usage));

    /// <summary>A command line, taken apart.</summary>
    /// <param name="Verb">The first word, or <c>serve</c>.</param>
    /// <param name="Arguments">The verb's own.</param>
    /// <param name="Settings">What configures the program, as the host reads it.</param>
    internal sealed record Order(string Verb, IReadOnlyList<string> Arguments, IReadOnlyList<string> Settings)
    {
        /// <summary>The verb's words are those that this line begins with.</summary>
        public bool Means(IOfflineVerb verb) => $"{string.Join(' ', Arguments.Prepend(Verb))} ".StartsWith(verb.Name + " ", StringComparison.Ordinal);

        public static Order Read(string[] args)
        {
            string? verb = null;
            List<string> arguments = [], settings = [];
            for (var i = 0; i < args.Length; i++)
            {
                if (args[i] is "--data" or "--port")
                {
                    var value = i + 1 < args.Length ? args[i + 1] : throw new UsageException($"{args[i]} wants a value after it.");
                    settings.Add($"{args[i++]}={value}");
                }
                else if (args[i].StartsWith("--", StringComparison.Ordinal) && args[i].Contains('=', StringComparison.Ordinal))
                {
                    settings.Add(args[i]);
                }
                else if (verb is null && arguments.Count == 0 && !args[i].StartsWith('-'))
                {
                    verb = args[i];
                }
                else
                {
                    arguments.Add(args[i]);
                }
            }

            return new(verb ?? Serve, arguments, settings);
        }
    }
}
