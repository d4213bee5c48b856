namespace Platform.Database;

/// <summary>
/// On whose behalf a transaction runs. Entering sets the tenant, person and roles with SET LOCAL semantics from the
/// database's own membership tables (the schema's functions <c>enter</c> and <c>enter_as_system</c>); an anonymous caller
/// sets nothing and so sees no tenant's rows.
/// </summary>
public abstract record Caller
{
    Caller()
    {
    }

    /// <summary>Nobody signed in: no setting, no rows.</summary>
    public static Caller Nobody { get; } = new Anonymous();

    /// <summary>A person or API client known by the issuer and subject of its token. Unknown or disabled ones see no rows.</summary>
    public static Caller Subject(string issuer, string subject) => new Known(issuer, subject);

    /// <summary>The product itself: jobs, imports from the command line, outbox. Sees every tenant.</summary>
    /// <param name="reason">What runs, as it shall stand in the audit, for example <c>job:expire-protections</c>.</param>
    public static Caller System(string reason) => new Product(reason);

    /// <summary>How many seconds a statement may take: 0 for as long as it takes, null for what the connection string says.</summary>
    internal virtual int? StatementSeconds => null;

    /// <summary>What begins a transaction of this caller; null for nobody.</summary>
    internal abstract Entrance? Entrance { get; }

    sealed record Anonymous : Caller
    {
        internal override Entrance? Entrance => null;
    }

    sealed record Known(string Issuer, string SubjectId) : Caller
    {
        internal override Entrance Entrance => new("select enter(@entering_issuer, @entering_subject)", ("entering_issuer", Issuer), ("entering_subject", SubjectId));
    }

    sealed record Product(string Reason) : Caller
    {
        // Nobody waits at a screen for the product's own work; a check of millions of rows takes the time it takes.
        internal override int? StatementSeconds => 0;

        internal override Entrance Entrance => new("select enter_as_system(@entering_reason)", ("entering_reason", Reason));
    }
}

/// <summary>Holds the <see cref="Caller"/> of the current service scope; a web request's is set after authentication.</summary>
public sealed class CallerAccessor
{
    /// <summary>Nobody until set.</summary>
    public Caller Current { get; set; } = Caller.Nobody;
}
