namespace Portal.Web;

/// <summary>
/// A word of the command line (<c>portal -- VERB ...</c>). Runs as the product itself, prints what it did, and answers the exit code:
/// 0 only when all is well. A feature registers its verbs with <c>services.AddScoped&lt;IVerb, ...&gt;()</c>.
/// </summary>
public interface IVerb
{
    /// <summary>The word: <c>import</c>.</summary>
    string Name { get; }

    /// <summary>What may follow it, and what it does, in one line: <c>import KIND FILE  reads a file into the database</c>.</summary>
    string Usage { get; }

    /// <summary>Does it.</summary>
    /// <param name="arguments">What followed the word, without the options every verb has (<c>--data</c>).</param>
    /// <param name="output">Where to tell what was done.</param>
    /// <param name="ct">Ctrl-C.</param>
    /// <exception cref="UsageException">The arguments are not those of <see cref="Usage"/>.</exception>
    Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, CancellationToken ct);
}

/// <summary>A verb that needs neither database nor network: it runs where nothing is installed but the program itself. Listed in <c>Features.OfflineVerbs</c>.</summary>
public interface IOfflineVerb
{
    /// <summary>The words it answers to: <c>receipt verify</c>.</summary>
    string Name { get; }

    /// <summary>What may follow, and what it does, in one line.</summary>
    string Usage { get; }

    /// <summary>Does it.</summary>
    /// <param name="arguments">What followed the words.</param>
    /// <param name="dataFolder">Where an installation on this machine keeps what is its own; it may not exist.</param>
    /// <param name="output">Where to tell what was done.</param>
    /// <param name="ct">Ctrl-C.</param>
    /// <exception cref="UsageException">The arguments are not those of <see cref="Usage"/>.</exception>
    Task<int> RunAsync(IReadOnlyList<string> arguments, string dataFolder, TextWriter output, CancellationToken ct);
}

/// <summary>The command line is wrong; the message says how, and the verb's usage is printed after it.</summary>
public sealed class UsageException(string message) : Exception(message);
