using Npgsql;

namespace Platform.Database;

/// <summary>Reads what PostgreSQL refused.</summary>
public static class PostgresErrors
{
    /// <summary>True when the statement was refused by the constraint of that name.</summary>
    public static bool Violates(this PostgresException refused, string constraint) =>
        string.Equals(refused.ConstraintName, constraint, StringComparison.Ordinal);

    /// <summary>True for failures that say the server is away, starting, stopping or out of connections, and that a later try may cure.</summary>
    public static bool IsUnavailable(this Exception failure) => failure switch
    {
        PostgresException postgres => postgres.SqlState is { Length: 5 } state
            && (state.StartsWith("57P", StringComparison.Ordinal) || state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("53", StringComparison.Ordinal)),
        NpgsqlException npgsql => npgsql.InnerException is IOException or System.Net.Sockets.SocketException or TimeoutException || npgsql.IsTransient || npgsql.InnerException?.IsUnavailable() == true,
        AggregateException of => of.InnerExceptions.All(IsUnavailable), // one for each host of several
        _ => failure.InnerException is { } inner && inner.IsUnavailable(),
    };
}
