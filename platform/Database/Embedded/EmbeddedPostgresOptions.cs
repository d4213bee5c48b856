namespace Platform.Database.Embedded;

/// <summary>Where and how the embedded server runs; only the data folder has to be said.</summary>
/// <param name="DataFolder">Holds the database, its passwords and what else the product keeps; made when it is missing.</param>
public sealed record EmbeddedPostgresOptions(string DataFolder)
{
    /// <summary>The port on 127.0.0.1; null: a free one, remembered in the data folder.</summary>
    public int? Port { get; init; }

    /// <summary>The folder of <c>initdb</c> and <c>pg_ctl</c>; null: Debian's, else the one <c>run.sh</c> put into <c>.tools</c>.</summary>
    public string? BinaryFolder { get; init; }

    /// <summary>Lines of postgresql.conf that differ from the product's own.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
