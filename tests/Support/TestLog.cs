using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Support;

/// <summary>Keeps what a service logs, so that a failing test can show it and a test about logging can read it.</summary>
public sealed class TestLog : ILoggerProvider
{
    readonly ConcurrentQueue<string> lines = new();

    /// <summary>The lines so far: <c>Warning Portal.Web.RefusedAccess: U-... was refused GET /deals</c>.</summary>
    public IReadOnlyList<string> Lines => [.. lines];

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Writer(this, categoryName);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    sealed class Writer(TestLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                var line = $"{logLevel} {category}: {formatter(state, exception)}{(exception is null ? "" : "\n" + exception)}";
                log.lines.Enqueue(line);
                if (logLevel >= LogLevel.Error)
                {
                    // Shown by the test runner beside the test that failed for it.
                    Console.WriteLine(line);
                }
            }
        }
    }
}
