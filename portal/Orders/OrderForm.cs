using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Portal.Stock;
using Portal.Web;

namespace Portal.Orders;

/// <summary>An order as it is typed: a line of text for each product.</summary>
public sealed class OrderForm
{
    /// <summary>The buyer's own number.</summary>
    public string? PoNumber { get; set; }

    /// <summary>What the seller should know.</summary>
    public string? Note { get; set; }

    /// <summary>The number of the address where the goods go; empty for the company's default.</summary>
    public string? ShipTo { get; set; }

    /// <summary>Codes of coupons, apart by blanks or commas.</summary>
    public string? Coupons { get; set; }

    /// <summary>The number of the deal whose special prices count.</summary>
    public string? Deal { get; set; }

    /// <summary>The own quote that is ordered with it.</summary>
    public string? Quote { get; set; }

    /// <summary>The day by which all of it is wanted, as the browser sends it.</summary>
    public string? RequestedOn { get; set; }

    /// <summary>The name under which the lines are kept as a list.</summary>
    public string? ListName { get; set; }

    /// <summary>SKU and quantity, a row each.</summary>
    public string? Lines { get; set; }

    /// <summary>The total the buyer has seen, as the page wrote it; empty where it has not been calculated yet.</summary>
    public string? ShownTotal { get; set; }

    /// <summary>The mark of the lines that <see cref="ShownTotal"/> was calculated for; of other lines it says nothing.</summary>
    public string? ShownFor { get; set; }

    /// <summary>The version of the draft that is changed.</summary>
    public int? Version { get; set; }

    /// <summary>Which button was pressed: <c>check</c>, <c>save</c> or <c>submit</c>.</summary>
    public string? Act { get; set; }

    /// <summary>A product to be added to the lines.</summary>
    public string? Add { get; set; }

    /// <summary>What is to be mended: the number of a line and the number of one of its remedies (<c>3.1</c>), or <c>all</c>.</summary>
    public string? Mend { get; set; }

    /// <summary>What is typed into the product finder.</summary>
    public string? Find { get; set; }

    /// <summary>A draft as it would be typed.</summary>
    public static OrderForm Of(OrderPage draft) => new()
    {
        PoNumber = draft.Order.PoNumber,
        Note = draft.Order.Note,
        ShipTo = draft.Order.ShipTo?.Number,
        Version = draft.Order.Version,
        Coupons = string.Join(' ', draft.Order.Coupons),
        Deal = draft.Order.Deal,
        Lines = AsTyped(draft.Lines.Select(line => new SkuLine(line.Sku, line.Quantity) { Day = line.RequestedOn, Configuration = line.Configuration, Start = line.TermStart, Months = line.TermMonths, Subscription = line.Subscription })),
    };

    /// <summary>The lines of an order, to be ordered again.</summary>
    public static OrderForm Again(OrderPage order) => new() { Lines = AsTyped(order.Lines.Where(line => !OrderWords.IsGift(line.PriceSteps)).Select(line => new SkuLine(line.Sku, line.Quantity) { Months = line.TermMonths })) };

    /// <summary>Lines as they would be typed; a quantity that is no number stands as a question mark, for a line without one would mean one.</summary>
    public static string AsTyped(IEnumerable<SkuLine> lines) =>
        string.Join('\n', lines.Select(line => string.Create(CultureInfo.InvariantCulture, $"{line.Sku} {line.Quantity?.ToString(CultureInfo.InvariantCulture) ?? "?"}{Written(line)}")));

    // What was no day stands as none, so that it is asked for.
    static string Written(SkuLine line) =>
        (line.HasNoSuchDay ? " 0-0-0" : line.Day is { } day ? " " + day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : "") + (line.Term is { } term ? " " + term : "") + (line.Configuration is { } configuration ? " " + configuration : "");

    /// <summary>What is wanted.</summary>
    public OrderRequest Request => new(Typed.Trimmed(PoNumber), Typed.Trimmed(Note), null,
        ShownFor == MarkOfLines && decimal.TryParse(ShownTotal, NumberStyles.Number, CultureInfo.InvariantCulture, out var total) ? total : null, SkuLines.Read(Lines))
    {
        RequestedOn = Typed.Day(RequestedOn),
        ShipTo = Typed.Trimmed(ShipTo),
        Deal = Typed.Trimmed(Deal)?.ToUpperInvariant(),
        Coupons = (Coupons ?? "").Split([' ', ',', ';', '，', '；', '、'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
    };

    /// <summary>Tells the lines that are typed now from others.</summary>
    public string MarkOfLines => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes((Lines ?? "").ReplaceLineEndings("\n").Trim() + "\n" + (Coupons ?? "").Trim() + "\n" + (Deal ?? "").Trim())).AsSpan(0, 8));

    /// <summary>Mends what was asked for in the lines. With <c>all</c> a quantity becomes the next that is sold and what is discontinued its successor; nothing is taken out.</summary>
    public void MendLines(CheckedOrder found)
    {
        var lines = new List<SkuLine>();
        for (var index = 0; index < found.Lines.Count; index++)
        {
            var line = found.Lines[index];
            var remedy = Mend is "all"
                ? line.Remedies.LastOrDefault(remedy => remedy is not LineRemedy.Drop)
                : line.Remedies.Where((_, choice) => Mend == string.Create(CultureInfo.InvariantCulture, $"{index + 1}.{choice + 1}")).FirstOrDefault();
            if ((remedy is null ? line.Asked : remedy.Mend(line.Asked)) is { } kept)
            {
                lines.Add(kept);
            }
        }

        Lines = AsTyped(lines);
    }
}

/// <summary>The page on which an order is written.</summary>
/// <param name="Form">What is typed.</param>
/// <param name="Checked">What was found out about it.</param>
/// <param name="Offered">What the seller has, as far as it lets one see.</param>
/// <param name="Number">The draft that is changed; null for a new one.</param>
public sealed record OrderFormPage(OrderForm Form, CheckedOrder Checked, IReadOnlyDictionary<long, OfferedStock> Offered, string? Number)
{
    /// <summary>What the credit gate would say to it now; null where nobody watches this buyer.</summary>
    public Portal.Receivables.CreditVerdict? Credit { get; init; }

    /// <summary>Why the order will wait for somebody of the company, where it goes beyond what the person may order alone.</summary>
    public ApprovalNeeded? Approval { get; init; }

    /// <summary>The order of the own company that has the purchase order number already; null where none has.</summary>
    public string? PoNumberUsedBy { get; init; }

    /// <summary>The products the finder found.</summary>
    public IReadOnlyList<FoundProduct> Found { get; init; } = [];

    /// <summary>The addresses of the company, the default first.</summary>
    public IReadOnlyList<ShipToRow> Addresses { get; init; } = [];

    /// <summary>The lists of the company.</summary>
    public IReadOnlyList<OrderListRow> Lists { get; init; } = [];

    /// <summary>What was noticed in a file whose lines were taken: rows that cannot be read, merged cells, hidden rows.</summary>
    public IReadOnlyList<string> Noticed { get; init; } = [];

    /// <summary>What is wrong beyond what the check says: a number used twice, a changed price.</summary>
    public IReadOnlyList<OrderProblem> Refused { get; init; } = [];
}

/// <summary>A line with what mends it.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Line">The line.</param>
public sealed record RemediesShown(int Number, CheckedLine Line);

/// <summary>A product the finder found, with the least one can order of it.</summary>
public sealed record FoundProduct(string Sku, string Name, string NameZh, int Least);
