using Dapper;
using Npgsql;

namespace Platform.Database;

/// <summary>
/// What has to be sent before the next statement of a transaction: who enters, savepoints set and released. It goes out with that
/// statement, in one round trip. Entering has an answer, before the statement's; nothing else of it has.
/// </summary>
sealed class Prelude
{
    readonly List<Step> steps = [];

    /// <summary>A new transaction of that caller; nothing of another is left.</summary>
    public void Begin(Caller caller)
    {
        steps.Clear();
        if (caller.Entrance is { } entrance)
        {
            steps.Add(new(entrance.Sql, entrance));
        }
    }

    /// <summary>True while somebody has still to enter: the next answer is about that.</summary>
    public bool HasEntrance => steps.Count > 0 && steps[0].Entrance is not null;

    /// <summary>Another statement without values.</summary>
    public void Add(string sql) => steps.Add(new(sql, null));

    /// <summary>Forgets all.</summary>
    public void Clear() => steps.Clear();

    /// <summary>Forgets what comes after a statement that has not been sent; false, and nothing is left, when it has.</summary>
    public bool CutAfter(string sql)
    {
        var at = steps.FindLastIndex(step => step.Sql == sql);
        steps.RemoveRange(at + 1, steps.Count - at - 1);
        return at >= 0;
    }

    /// <summary>Forgets a statement that has not been sent, and what comes after it; false when it has been sent.</summary>
    public bool CutFrom(string sql)
    {
        var at = steps.FindLastIndex(step => step.Sql == sql);
        if (at >= 0)
        {
            steps.RemoveRange(at, steps.Count - at);
        }

        return at >= 0;
    }

    /// <summary>A statement with all that goes before it; that counts as sent.</summary>
    public (string Sql, object? Args) Before(string sql, object? args)
    {
        if (steps.Count == 0)
        {
            return (sql, args);
        }

        var text = string.Join(";\n", steps.Select(step => step.Sql).Append(sql));
        var entrance = steps[0].Entrance;
        steps.Clear();
        if (entrance is null)
        {
            return (text, args);
        }

        var all = new DynamicParameters(args);
        foreach (var (name, value) in entrance.Values)
        {
            all.Add(name, value);
        }

        return (text, all);
    }

    /// <summary>All of it, to be sent by itself; that counts as sent.</summary>
    public List<NpgsqlBatchCommand> Take()
    {
        List<NpgsqlBatchCommand> commands = [.. steps.Select(step => step.Command)];
        steps.Clear();
        return commands;
    }

    sealed record Step(string Sql, Entrance? Entrance)
    {
        public NpgsqlBatchCommand Command
        {
            get
            {
                var command = new NpgsqlBatchCommand(Sql);
                foreach (var (name, value) in Entrance?.Values ?? [])
                {
                    command.Parameters.Add(new NpgsqlParameter(name, value));
                }

                return command;
            }
        }
    }
}

/// <summary>How a caller enters: a statement with one answer that says nothing, with values whose names no other statement has.</summary>
/// <param name="Sql">The statement.</param>
/// <param name="Values">Its values by name.</param>
sealed record Entrance(string Sql, params (string Name, string Value)[] Values);
