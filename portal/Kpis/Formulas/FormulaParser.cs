using System.Globalization;
using Portal.Kpis.Metrics;

namespace Portal.Kpis.Formulas;

/// <summary>
/// Reads the language of formulas by descent: sum = product {(+|-) product}; product = sign {(*|/) sign}; sign = [-] value; value = number [%] | metric | KPI | name(sum, …) | (sum).
/// The first problem ends the reading: what is left of the text is passed over, so that nothing reads on.
/// </summary>
sealed class FormulaParser(string text)
{
    /// <summary>The functions with the least and the most arguments that they take.</summary>
    public static IReadOnlyDictionary<string, (int Least, int Most)> Functions { get; } = new Dictionary<string, (int, int)>(StringComparer.Ordinal)
    {
        ["min"] = (2, 8), ["max"] = (2, 8), ["round"] = (1, 2), ["or"] = (2, 2), ["ratio"] = (2, 2),
    };

    const int MostDecimals = 6;
    const decimal HighestNumber = 1_000_000_000_000m;

    int at;
    int depth;

    public FormulaProblem? Problem { get; private set; }

    public Node Read()
    {
        var tree = Sum();
        return Peek() == '\0' ? tree : Fail(at, Peek() == ')' ? "kpis.formula.parenthesis_closed" : "kpis.formula.sign_expected", text[at..Math.Min(at + 12, text.Length)]);
    }

    Node Sum()
    {
        var left = Product();
        while (Peek() is '+' or '-')
        {
            var (sign, signAt) = (Next(), at - 1);
            left = new PairNode(sign, left, Product(), signAt);
        }

        return left;
    }

    Node Product()
    {
        var left = Signed();
        while (Peek() is '*' or '/')
        {
            var (sign, signAt) = (Next(), at - 1);
            left = new PairNode(sign, left, Signed(), signAt);
        }

        return left;
    }

    Node Signed()
    {
        if (Peek() != '-')
        {
            return Value();
        }

        var start = at;
        Next();
        if (++depth > Formula.Deepest)
        {
            return Fail(start, "kpis.formula.too_deep", Formula.Deepest);
        }

        var of = Signed();
        depth--;
        return new NegativeNode(start, of.End, of);
    }

    Node Value() => Peek() switch
    {
        '(' => Parentheses(),
        var letter when IsDigit(letter) => Number(),
        var letter when IsLetter(letter) => Named(),
        '\0' => Fail(at, "kpis.formula.value_expected_at_end"),
        var other => Fail(at, "kpis.formula.value_expected", other.ToString()),
    };

    Node Parentheses()
    {
        var start = at;
        Next();
        if (++depth > Formula.Deepest)
        {
            return Fail(start, "kpis.formula.too_deep", Formula.Deepest);
        }

        var inner = Sum();
        depth--;
        return Close(start) ? inner : new NumberNode(start, at, 0, false);
    }

    NumberNode Number()
    {
        var start = at;
        while (IsDigit(Here()) || (Here() == '.' && IsDigit(Ahead(1))))
        {
            at++;
        }

        var written = text[start..at];
        if (!decimal.TryParse(written, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || value > HighestNumber
            || (written.Contains('.', StringComparison.Ordinal) && written.Length - written.IndexOf('.', StringComparison.Ordinal) - 1 > MostDecimals))
        {
            return Fail(start, "kpis.formula.number", MostDecimals);
        }

        if (Peek() != '%')
        {
            return new(start, at, value, false);
        }

        Next();
        return new(start, at, value / 100, true);
    }

    Node Named()
    {
        var start = at;
        var name = Name();
        if (name.StartsWith("K-", StringComparison.Ordinal))
        {
            return new KpiNode(start, at, name);
        }

        var lower = name.ToLowerInvariant();
        return Peek() == '(' ? Call(start, lower)
            : MetricCatalog.Find(lower) is { } metric ? new MeasureNode(start, start + name.Length, metric)
            : MetricCatalog.FindDerived(lower) is { } derived ? new DerivedNode(start, start + name.Length, derived)
            : Functions.ContainsKey(lower) ? Fail(start, "kpis.formula.function_without_parentheses", lower)
            : Nearest(lower) is { } near ? Fail(start, "kpis.formula.unknown_metric_near", name, near)
            : Fail(start, "kpis.formula.unknown_metric", name);
    }

    // A KPI's number has hyphens in it; a metric's name has none, so only after "K-" a hyphen belongs to the name.
    string Name()
    {
        var start = at;
        var isKpi = Here() is 'K' or 'k' && Ahead(1) == '-' && IsLetterOrDigit(Ahead(2));
        while (IsLetterOrDigit(Here()) || (isKpi && Here() == '-' && IsLetterOrDigit(Ahead(1))))
        {
            at++;
        }

        return isKpi ? text[start..at].ToUpperInvariant() : text[start..at];
    }

    Node Call(int start, string name)
    {
        if (!Functions.TryGetValue(name, out var allowed))
        {
            return Fail(start, "kpis.formula.unknown_function", name);
        }

        var open = at;
        Next();
        if (++depth > Formula.Deepest)
        {
            return Fail(start, "kpis.formula.too_deep", Formula.Deepest);
        }

        List<Node> arguments = [Sum()];
        while (Peek() == ',')
        {
            Next();
            arguments.Add(Sum());
        }

        depth--;
        return !Close(open) ? new NumberNode(start, at, 0, false)
            : arguments.Count < allowed.Least || arguments.Count > allowed.Most ? Fail(start, "kpis.formula.arguments", name, allowed.Least, allowed.Most)
            : name == "round" && arguments.Count == 2 && arguments[1] is not NumberNode { IsPercent: false, Value: 0 or 1 or 2 or 3 or 4 or 5 or 6 } ? Fail(arguments[1].Start, "kpis.formula.decimals")
            : new CallNode(start, at, name, arguments);
    }

    bool Close(int open)
    {
        if (Peek() == ')')
        {
            Next();
            return true;
        }

        Fail(Peek() == '\0' ? open : at, Peek() == '\0' ? "kpis.formula.parenthesis_open" : "kpis.formula.sign_expected", Peek() == '\0' ? "(" : text[at..Math.Min(at + 12, text.Length)]);
        return false;
    }

    NumberNode Fail(int where, string textKey, params object[] arguments)
    {
        Problem ??= new(where + 1, textKey, arguments);
        at = text.Length;
        return new(where, where, 0, false);
    }

    char Peek()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        return Here();
    }

    char Next()
    {
        var letter = Peek();
        at++;
        return letter;
    }

    char Here() => Ahead(0);

    // Signs as Chinese keyboards write them count like the others; each is one character, so columns stay.
    char Ahead(int by) => at + by >= text.Length ? '\0' : text[at + by] switch
    {
        '（' => '(', '）' => ')', '，' => ',', '×' => '*', '÷' => '/', '＋' => '+', '－' or '−' or '–' => '-', '％' => '%', '＊' => '*', '／' => '/', '\0' => '?', var letter => letter,
    };

    static bool IsDigit(char letter) => letter is >= '0' and <= '9';

    static bool IsLetter(char letter) => letter is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_';

    static bool IsLetterOrDigit(char letter) => IsLetter(letter) || IsDigit(letter);

    static string? Nearest(string name) =>
        MetricCatalog.Base.Select(metric => metric.Name).Concat(MetricCatalog.Derived.Select(metric => metric.Name))
            .Select(known => (known, far: Far(known, name.Length > 40 ? name[..40] : name))).Where(pair => pair.far <= 3).OrderBy(pair => pair.far).Select(pair => pair.known).FirstOrDefault();

    // How many letters must change to make one word of another.
    static int Far(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var (before, above) = (row[0], row[0]);
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
            {
                above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, before + (one[i - 1] == other[j - 1] ? 0 : 1));
                before = above;
            }
        }

        return row[^1];
    }
}
