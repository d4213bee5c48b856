using Portal.Configuring;
using Shouldly;

namespace Portal.Tests.Configuring;

/// <summary>What a choice comes to, and what does not go together: pure questions.</summary>
public sealed class CheckingAChoice
{
    static BundleOption Option(string sku, string group = "G", string inclusion = "optional", string rule = "fixed", int quantity = 1, int? seats = null, int? least = null, int? most = null, int multiple = 1, bool sold = true, string? successor = null) => new()
    {
        Sku = sku, Name = sku, NameZh = sku, GroupCode = group, Inclusion = inclusion, QuantityRule = rule, Quantity = quantity, Seats = seats, Least = least, Most = most, Multiple = multiple, IsDiscontinued = !sold, Successor = successor,
    };

    static BundleRule Rule(string kind, string? when, int? count, params string[] skus) => new() { Kind = kind, WhenSku = when, Count = count, Skus = skus, Why = "because", WhyZh = "因为" };

    static Bundle Of(BundleGroup group, BundleOption[] options, params BundleRule[] rules) => new() { Code = "B", Name = "B", NameZh = "B", AsksSeats = true, Groups = [group], Options = options, Rules = rules };

    static BundleGroup Any => new("G", "G", "G", 0, null);

    static Configured Check(Bundle bundle, int units, int seats, string[] chosen, params (string Sku, decimal Quantity)[] typed) =>
        Configurator.Check(bundle, new(units, seats, chosen, typed.ToDictionary(one => one.Sku, decimal? (one) => one.Quantity)));

    static IEnumerable<string> Said(Configured made) => made.Clashes.Select(clash => clash.TextKey.Split('.')[^1] + " " + string.Join(", ", clash.Remedies.Select(remedy => remedy.Token)));

    [Theory]
    [InlineData("fixed", 3, null, 5, 40, 3)]
    [InlineData("per_unit", 3, null, 5, 40, 15)]
    [InlineData("per_seats", 1, 20, 1, 40, 2)]
    [InlineData("per_seats", 1, 20, 1, 41, 3)]
    [InlineData("per_seats", 2, 20, 1, 1, 2)]
    [InlineData("chosen", 6, null, 5, 40, 6)]
    public void A_quantity_goes_by_its_rule(string rule, int quantity, int? per, int units, int seats, int expected) =>
        Check(Of(Any, [Option("A", rule: rule, quantity: quantity, seats: per)]), units, seats, ["A"]).Lines.Single().Quantity.ShouldBe(expected);

    [Fact]
    public void A_computed_quantity_is_raised_to_the_least_and_to_the_multiple_and_one_beyond_the_most_is_told()
    {
        var bundle = Of(Any, [Option("A", rule: "per_unit", quantity: 3, least: 8, most: 24, multiple: 4)]);

        Check(bundle, 1, 1, ["A"]).Lines.Single().Quantity.ShouldBe(8);
        Check(bundle, 3, 1, ["A"]).Lines.Single().Quantity.ShouldBe(12);
        Said(Check(bundle, 9, 1, ["A"])).ShouldBe(["too_many "]);
    }

    [Theory]
    [InlineData(5, "quantity quantity A 4, quantity A 6")]
    [InlineData(1, "quantity quantity A 4")]
    [InlineData(21, "quantity quantity A 20")]
    [InlineData(-1, "quantity quantity A 4")]
    [InlineData(6.5, "quantity quantity A 6, quantity A 8")]
    [InlineData(99999999, "quantity quantity A 20")]
    public void A_typed_quantity_that_does_not_fit_is_told_the_next_that_do(double typed, string said) =>
        Said(Check(Of(Any, [Option("A", rule: "chosen", least: 4, most: 20, multiple: 2)]), 1, 1, ["A"], ("A", (decimal)typed))).ShouldBe([said]);

    [Fact]
    public void What_is_required_is_in_it_whoever_leaves_it_out() =>
        Check(Of(Any, [Option("A", inclusion: "required"), Option("B")]), 1, 1, ["B"]).Lines.Select(line => line.Sku).ShouldBe(["A", "B"]);

    [Fact]
    public void A_choice_of_one_is_asked_for_and_two_are_one_too_many()
    {
        var bundle = Of(new("G", "G", "G", 1, 1), [Option("A"), Option("B"), Option("C", inclusion: "excluded"), Option("D", sold: false)]);

        Said(Check(bundle, 1, 1, [])).ShouldBe(["group_one add A, add B"]);
        Said(Check(bundle, 1, 1, ["A", "B"])).ShouldBe(["group_most drop A, drop B"]);
        Said(Check(bundle, 1, 1, ["A"])).ShouldBeEmpty();
    }

    [Fact]
    public void Each_rule_says_what_is_missing_or_too_much_and_what_mends_it()
    {
        BundleOption[] options = [Option("A"), Option("B"), Option("C"), Option("R", inclusion: "required")];

        Said(Check(Of(Any, options, Rule("requires", "A", null, "B", "C")), 1, 1, ["A", "C"])).ShouldBe(["requires add B, drop A"]);
        Said(Check(Of(Any, options, Rule("excludes", "A", null, "B")), 1, 1, ["A", "B"])).ShouldBe(["excludes drop B, drop A"]);
        Said(Check(Of(Any, options, Rule("excludes", "R", null, "B")), 1, 1, ["B"])).ShouldBe(["excludes drop B"], "what is required is not taken out");
        Said(Check(Of(Any, options, Rule("at_least", null, 2, "A", "B", "C")), 1, 1, ["A"])).ShouldBe(["at_least add B, add C"]);
        Said(Check(Of(Any, options, Rule("at_most", "A", 1, "B", "C")), 1, 1, ["A", "B", "C"])).ShouldBe(["at_most_with drop B, drop C, drop A"]);
        Said(Check(Of(Any, options, Rule("requires", "A", null, "B"), Rule("at_most", null, 1, "B", "C")), 1, 1, ["C"])).ShouldBeEmpty("a rule holds only with its option");
    }

    [Fact]
    public void What_was_retired_is_told_with_its_successor_and_what_is_no_option_any_more_is_to_be_taken_out() =>
        Said(Check(Of(Any, [Option("OLD", sold: false, successor: "NEW"), Option("NEW")]), 1, 1, ["OLD", "GONE"])).ShouldBe(["no_option drop GONE", "discontinued_for swap OLD NEW, drop OLD"]);

    [Fact]
    public void Every_remedy_that_is_offered_can_be_pressed_and_does_what_it_says()
    {
        var bundle = Of(Any, [Option("A", rule: "chosen", least: 2, multiple: 2), Option("B")], Rule("requires", "A", null, "B"));
        var wish = new Wish(1, 1, ["A"], new Dictionary<string, decimal?> { ["A"] = 3 });

        for (var made = Configurator.Check(bundle, wish); made.Clashes.Count > 0; made = Configurator.Check(bundle, wish))
        {
            wish = wish.With(Remedy.Read(made.Clashes[0].Remedies[0].Token)!);
        }

        Configurator.Check(bundle, wish).Lines.Select(line => (line.Sku, line.Quantity)).ShouldBe([("A", 2), ("B", 1)]);
        Remedy.Read("drop").ShouldBeNull();
        Remedy.Read("quantity A many").ShouldBeNull();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100001)]
    [InlineData(1.5)]
    public void Units_are_whole_and_bounded(double units) =>
        Configurator.Check(Of(Any, [Option("A")]), new((decimal)units, 1, ["A"], new Dictionary<string, decimal?>())).Clashes.Single().Field.ShouldBe("units");

    static IEnumerable<string> Flaws(Bundle bundle) => Publication.Flaws(bundle).Select(flaw => flaw.TextKey.Split('.')[^1] + ": " + string.Join(" | ", flaw.Arguments));

    [Fact]
    public void Requirements_that_run_in_a_circle_are_not_published_and_the_circle_is_named() => Flaws(Of(Any, [Option("A"), Option("B"), Option("C"), Option("D")],
        Rule("requires", "D", null, "A"), Rule("requires", "A", null, "B"), Rule("requires", "B", null, "C"), Rule("requires", "C", null, "A"))).ShouldBe(["circle: A → B → C → A"]);

    [Fact]
    public void Two_that_are_always_in_it_and_exclude_each_other_are_not_published()
    {
        Flaws(Of(Any, [Option("A", inclusion: "required"), Option("B", inclusion: "required")], Rule("excludes", "A", null, "B"))).ShouldBe(["required_exclude: A | B"]);
        Flaws(Of(Any, [Option("A", inclusion: "required"), Option("B"), Option("C", inclusion: "required")], Rule("requires", "A", null, "B"), Rule("excludes", "C", null, "B")))
            .ShouldBe(["required_exclude: C | B"], "also where one of them is only required by something that is");
    }

    [Fact]
    public void What_nobody_could_configure_is_not_published()
    {
        Flaws(Of(new("G", "Group", "组", 2, null), [Option("A"), Option("B", inclusion: "excluded")])).ShouldBe(["group_too_few: Group | 2 | 1"]);
        Flaws(Of(new("G", "Group", "组", 0, 1), [Option("A", inclusion: "required"), Option("B", inclusion: "required")])).ShouldBe(["group_required: Group | 1 | 2"]);
        Flaws(Of(Any, [Option("A"), Option("B", inclusion: "excluded")], Rule("requires", "A", null, "B"))).ShouldBe(["requires_excluded: A | B"]);
        Flaws(Of(Any, [Option("A", sold: false)])).ShouldBe(["product_discontinued: A"]);
        Flaws(Of(Any, [Option("A", inclusion: "default"), Option("B", inclusion: "default")], Rule("excludes", "A", null, "B"))).ShouldBe(["defaults_clash: A, B"]);
        Flaws(Of(Any, [Option("A", inclusion: "default"), Option("B")], Rule("excludes", "A", null, "B"))).ShouldBeEmpty();
    }
}
