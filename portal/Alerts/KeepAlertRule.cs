using Npgsql;
using Platform.Audit;
using Platform.Database;
using Platform.Web;
using Portal.Kpis;
using Portal.Web;

namespace Portal.Alerts;

/// <summary>The brand makes a rule or changes one. The kind stays as it was made: the alerts that stand were found by it.</summary>
public sealed class KeepAlertRule(Db db, AlertRuleStore rules, TargetStore targets, FindAlerts find, AuditTrail audit, ICurrentPerson me)
{
    /// <summary>Makes a rule.</summary>
    public Task<RuleKept> MakeAsync(AlertRuleTyped typed, CancellationToken ct) => KeepAsync(typed, null, 0, ct);

    /// <summary>Changes a rule.</summary>
    /// <param name="number">Which.</param>
    /// <param name="version">How it was when it was read.</param>
    /// <param name="typed">How it shall be.</param>
    /// <param name="ct">Stops waiting.</param>
    public Task<RuleKept> ChangeAsync(string number, int version, AlertRuleTyped typed, CancellationToken ct) => KeepAsync(typed, number, version, ct);

    /// <summary>What is wrong with a rule, or where it would hold now.</summary>
    public async Task<RuleTried> TryAsync(AlertRuleTyped typed, CancellationToken ct)
    {
        var rule = Tidied(typed);
        var (problems, _) = await CheckAsync(rule, ct);
        // What a rule is called and when it holds does not change what it would find.
        return problems.Where(problem => problem.Field is "kind" or "threshold" or "territories" or "tellsUpstream").ToList() is { Count: > 0 } wrong ? new(wrong, []) : new([], await find.RunAsync([Watched(rule)], ct));
    }

    async Task<RuleKept> KeepAsync(AlertRuleTyped typed, string? number, int version, CancellationToken ct)
    {
        var rule = Tidied(typed);
        var (problems, owner) = await CheckAsync(rule, ct);
        if (problems.Count > 0)
        {
            return new RuleKept.Invalid(problems);
        }

        try
        {
            return await db.InTransactionAsync<RuleKept>(async () =>
            {
                if (number is null)
                {
                    var made = PublicNumber.New("AR");
                    await rules.AddAsync(made, rule, owner, me.PersonNumber, ct);
                    await audit.RecordAsync("alert_rule.made", "alert_rule", made, null, rule, ct);
                    return new RuleKept.Done(made, 1);
                }

                if (await rules.FindAsync(number, ct) is not { } before)
                {
                    return new RuleKept.Missing();
                }

                if (before.Kind != rule.Kind)
                {
                    return new RuleKept.Invalid([new("kind", "alerts.invalid.kind_stays")]);
                }

                if (!await rules.ChangeAsync(number, version, rule, owner, ct))
                {
                    return new RuleKept.Stale();
                }

                await audit.RecordAsync("alert_rule.changed", "alert_rule", number, null, new { before = AlertRuleTyped.Of(before), after = rule }, ct);
                return new RuleKept.Done(number, version + 1);
            }, ct);
        }
        catch (PostgresException refused) when (refused.Violates("an_alert_rule_name_is_used_once"))
        {
            return new RuleKept.Invalid([new("name", "alerts.invalid.name_used")]);
        }
    }

    async Task<(List<FieldProblem> Problems, long? Owner)> CheckAsync(AlertRuleTyped rule, CancellationToken ct)
    {
        List<FieldProblem> problems = [];
        void Expect(bool isRight, string field, string problem, params object[] values)
        {
            if (!isRight)
            {
                problems.Add(new(field, problem, values));
            }
        }

        var kind = AlertKinds.Find(rule.Kind);
        Expect(rule.Name is { Length: >= 1 and <= 120 }, "name", "alerts.invalid.name", 120);
        Expect(kind is not null, "kind", "alerts.invalid.kind", string.Join(", ", AlertKinds.All.Select(known => known.Name)));
        Expect(kind is null || (rule.Threshold >= kind.Least && rule.Threshold <= kind.Most && decimal.Round(rule.Threshold, 2) == rule.Threshold), "threshold", "alerts.invalid.threshold", kind?.Least ?? 0, kind?.Most ?? 0);
        Expect(rule.PartnerTypes.All(type => DefineKpi.Types.Contains(type, StringComparer.Ordinal)), "partnerTypes", "alerts.invalid.types", string.Join(", ", DefineKpi.Types));
        Expect(rule.PartnerLevels.All(level => SetTargets.Levels.Contains(level, StringComparer.Ordinal)), "partnerLevels", "alerts.invalid.levels", string.Join(", ", SetTargets.Levels));
        var known = (await targets.TerritoriesAsync(ct)).Select(territory => territory.Code).ToHashSet(StringComparer.Ordinal);
        Expect(rule.Territories.All(known.Contains), "territories", "alerts.invalid.territories", string.Join(", ", rule.Territories.Where(code => !known.Contains(code))));
        Expect(rule.TellsBrand || rule.TellsPartner || rule.TellsUpstream || rule.Owner is not null, "tellsBrand", "alerts.invalid.nobody");
        Expect(kind is not { MayTellUpstream: false } || !rule.TellsUpstream, "tellsUpstream", "alerts.invalid.upstream");
        Expect(rule.ActiveFrom is { Year: >= 2000 and < 2200 }, "activeFrom", "alerts.invalid.from");
        Expect(rule.ActiveUntil is null or { Year: < 2200 } && !(rule.ActiveUntil < rule.ActiveFrom), "activeUntil", "alerts.invalid.until_before");
        var owner = rule.Owner is null ? null : (await rules.OwnersAsync(ct)).Find(person => person.Number == rule.Owner);
        Expect(rule.Owner is null || owner is not null, "owner", "alerts.invalid.owner");
        return (problems, owner?.PersonId);
    }

    static AlertRuleTyped Tidied(AlertRuleTyped typed) => typed with
    {
        Name = Typed.Text(typed.Name) ?? "", Kind = Typed.Trimmed(typed.Kind) ?? "", Owner = Typed.Trimmed(typed.Owner),
        PartnerTypes = [.. typed.PartnerTypes.Distinct(StringComparer.Ordinal)], PartnerLevels = [.. typed.PartnerLevels.Distinct(StringComparer.Ordinal)], Territories = [.. typed.Territories.Distinct(StringComparer.Ordinal)],
    };

    static WatchedRule Watched(AlertRuleTyped rule) => new()
    {
        Kind = rule.Kind!, Threshold = rule.Threshold, PartnerTypes = [.. rule.PartnerTypes], PartnerLevels = [.. rule.PartnerLevels], Territories = [.. rule.Territories], TellsUpstream = rule.TellsUpstream,
    };
}

/// <summary>A rule as it is typed or sent.</summary>
public sealed record AlertRuleTyped
{
    /// <summary>What the brand calls it.</summary>
    public string? Name { get; init; }

    /// <summary>One of <see cref="AlertKinds"/>.</summary>
    public string? Kind { get; init; }

    /// <summary>From which figure on it tells.</summary>
    public decimal Threshold { get; init; }

    /// <summary>The types of partners; empty is all.</summary>
    public IReadOnlyList<string> PartnerTypes { get; init; } = [];

    /// <summary>The levels; empty is all.</summary>
    public IReadOnlyList<string> PartnerLevels { get; init; } = [];

    /// <summary>Codes of territories, each with those under it; empty is all.</summary>
    public IReadOnlyList<string> Territories { get; init; } = [];

    /// <summary>The brand's people in charge are told.</summary>
    public bool TellsBrand { get; init; } = true;

    /// <summary>The number of somebody of the brand who is told besides.</summary>
    public string? Owner { get; init; }

    /// <summary>The partner is told.</summary>
    public bool TellsPartner { get; init; }

    /// <summary>The company above it is told.</summary>
    public bool TellsUpstream { get; init; }

    /// <summary>The first day.</summary>
    public DateOnly ActiveFrom { get; init; }

    /// <summary>The last day.</summary>
    public DateOnly? ActiveUntil { get; init; }

    internal static AlertRuleTyped Of(AlertRule rule) => new()
    {
        Name = rule.Name, Kind = rule.Kind, Threshold = rule.Threshold, PartnerTypes = rule.PartnerTypes, PartnerLevels = rule.PartnerLevels, Territories = rule.Territories, TellsBrand = rule.TellsBrand, Owner = rule.OwnerNumber,
        TellsPartner = rule.TellsPartner, TellsUpstream = rule.TellsUpstream, ActiveFrom = rule.ActiveFrom, ActiveUntil = rule.ActiveUntil,
    };
}

/// <summary>A rule tried out.</summary>
/// <param name="Problems">What is wrong with it.</param>
/// <param name="Found">Where it would hold.</param>
public sealed record RuleTried(IReadOnlyList<FieldProblem> Problems, IReadOnlyList<FoundAlert> Found);

/// <summary>What came of keeping a rule.</summary>
public abstract record RuleKept
{
    RuleKept()
    {
    }

    /// <summary>Kept.</summary>
    public sealed record Done(string Number, int Version) : RuleKept;

    /// <summary>Fields are missing or wrong.</summary>
    public sealed record Invalid(IReadOnlyList<FieldProblem> Problems) : RuleKept;

    /// <summary>There is no such rule.</summary>
    public sealed record Missing : RuleKept;

    /// <summary>Somebody was faster.</summary>
    public sealed record Stale : RuleKept;
}
