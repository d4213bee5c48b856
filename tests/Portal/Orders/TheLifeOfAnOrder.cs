using Portal.Orders;
using Portal.Stock;
using Portal.Tests.House;

namespace Portal.Tests.Orders;

public sealed class TheLifeOfAnOrder
{
    [Theory]
    [InlineData(10, 0, 0, 0, 0, "confirmed")]
    [InlineData(10, 0, 0, 0, 4, "confirmed")]
    [InlineData(10, 4, 0, 0, 0, "partially_shipped")]
    [InlineData(10, 4, 4, 0, 0, "partially_shipped")]
    [InlineData(10, 4, 0, 0, 6, "shipped")]
    [InlineData(10, 10, 9, 0, 0, "shipped")]
    [InlineData(10, 10, 9, 1, 0, "received")]
    [InlineData(10, 4, 4, 0, 6, "received")]
    [InlineData(10, 0, 0, 0, 10, "cancelled")]
    public void The_quantities_say_how_far_it_is(long ordered, long shipped, long received, long lost, long cancelled, string status) =>
        Assert.Equal(status, OrderLifecycle.After(ordered, shipped, received, lost, cancelled));

    [Fact]
    public void The_table_knows_the_same_states()
    {
        var check = SourceTree.Files("portal/Orders", ".sql").Single(file => file.Path.EndsWith("_orders.sql", StringComparison.Ordinal)).Text;
        var inTable = check[check.IndexOf("purchase_order_status_is_known", StringComparison.Ordinal)..].Split('(', 3)[2].Split(')')[0];

        Assert.Equal(OrderStatus.All, inTable.Split(',').Select(status => status.Trim().Trim('\'')));
    }

    [Fact]
    public void Nothing_leads_out_of_a_final_state() =>
        Assert.DoesNotContain(OrderLifecycle.Transitions, transition => transition.From.Any(OrderStatus.Final.Contains));

    [Fact]
    public void Every_state_is_reached()
    {
        var reached = OrderLifecycle.Transitions.SelectMany(transition => transition.To).Append(OrderStatus.Draft).ToHashSet(StringComparer.Ordinal);

        Assert.Equal([], OrderStatus.All.Where(status => !reached.Contains(status)));
    }

    [Fact]
    public void Negative_acts_need_a_reason_once_somebody_else_is_concerned() =>
        Assert.Equal(["cancel draft", "edit draft", "submit draft"],
            OrderLifecycle.Transitions.Where(step => step.By == Side.Buyer && !step.NeedsReason && step.From.Contains("draft")).Select(step => $"{step.Act} draft").Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("S-001\t3", "S-001", 3.0)]
    [InlineData("S-001 3", "S-001", 3.0)]
    [InlineData("S-001,3,extra", "S-001", 3.0)]
    [InlineData("S-001;3", "S-001", 3.0)]
    [InlineData("S-001 x3", "S-001", 3.0)]
    [InlineData("S-001 x 3", "S-001", 3.0)]
    [InlineData("Ｓ-001　３", "S-001", 3.0)]
    [InlineData("S-001", "S-001", 1.0)]
    [InlineData("S-001 -3", "S-001", -3.0)]
    [InlineData("S-001 1.5", "S-001", 1.5)]
    [InlineData("S-001 three", "S-001", null)]
    [InlineData("S-001 1e9", "S-001", null)]
    [InlineData("S-001\t1,000", "S-001", 1000.0)]
    [InlineData("S-001\t1 000\tfor Wuxi", "S-001", 1000.0)]
    [InlineData("S-001;12,500.00", "S-001", 12500.0)]
    [InlineData("S-001 1,000", "S-001", 1000.0)]
    [InlineData("S-001 x1,000,000", "S-001", 1000000.0)]
    [InlineData("S-001 1 000", "S-001", null)]
    [InlineData("S-001,1,000", "S-001", null)]
    [InlineData("S-001，１，０００", "S-001", null)]
    [InlineData("S-001 1.000", "S-001", null)]
    public void Pasted_lines_are_read_as_people_write_them(string row, string sku, double? quantity) =>
        Assert.Equal([new SkuLine(sku, (decimal?)quantity)], SkuLines.Read("\n  " + row + "\r\n\n"));

    [Theory]
    [InlineData("S-001 3 2026-12-24", 24)]
    [InlineData("S-001\t3\t2026/12/4", 4)]
    [InlineData("S-001 x 3 2026.12.24", 24)]
    [InlineData("S-001 3 24.12.2026", 24)]
    [InlineData("S-001 3 2026年12月24日", 24)]
    [InlineData("S-001 3 soon", null)]
    [InlineData("S-001 3 1.5kg", null)]
    [InlineData("S-001 3 2026-13-24", 0)]
    [InlineData("S-001 3 12/24/2026", 0)]
    public void A_day_may_stand_behind_the_quantity(string row, int? day) =>
        Assert.Equal([new SkuLine("S-001", 3) { Day = day is > 0 and var on ? new DateOnly(2026, 12, on) : null, HasNoSuchDay = day is 0 }], SkuLines.Read(row));
}
