using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Platform.Rows;
using Portal.Partners;
using Shouldly;
using Support;

namespace Portal.Tests.Partners;

public sealed class TakingManyPartners(PortalApp portal) : IClassFixture<PortalApp>
{
    [Fact]
    public async Task A_branch_may_come_before_the_company_it_hangs_on()
    {
        var refused = await TakeAsync(
            Row(2, "M-STORE", "Store", upstream: "M-SUB", name: "A Bike Store"),
            Row(3, "M-SUB", "SubDistributor", upstream: "M-DIST", name: "Roadway Bicycle Supply"),
            Row(4, "M-DIST", "Distributor", upstream: "", name: "Central Discount Store"));

        refused.ShouldBeEmpty();
        (await LinesBelow("M-DIST")).ShouldBe(["M-DIST 0", "M-STORE 2", "M-SUB 1"]);
        (await portal.Database.ListAsync<string>("select partner_type from partner where code like 'M-%' order by code")).ShouldBe(["distributor", "store", "reseller"]);
    }

    [Fact]
    public async Task Each_refusal_names_row_column_and_remedy_and_the_others_are_taken()
    {
        var refused = await TakeAsync(
            Row(2, "N-1", "Distributor", upstream: null, name: "Good"),
            Row(3, "N-2", "Wholesaler", upstream: null, name: "Bad type"),
            Row(4, "N-3", "Store", upstream: "N-2", name: "Child of a refused one"),
            Row(5, "N-4", "Store", upstream: "NOWHERE", name: "Child of nobody"),
            Row(6, "N-1", "Distributor", upstream: null, name: "Twice"),
            Row(7, "", "Distributor", upstream: null, name: "Nameless code"),
            Row(8, "N-5", "Store", upstream: "N-6", name: "Round"),
            Row(9, "N-6", "Store", upstream: "N-5", name: "And round"));

        refused.Select(refusal => $"{refusal.Row} {refusal.Column} {refusal.TextKey}").ShouldBe(
        [
            "3 partner_type partners.refused.type_unknown",
            "4 upstream_code partners.refused.upstream_code_unknown",
            "5 upstream_code partners.refused.upstream_code_unknown",
            "6 code partners.refused.code_twice",
            "7 code partners.refused.code_missing",
            "8 upstream_code partners.refused.upstream_in_circles",
            "9 upstream_code partners.refused.upstream_in_circles",
        ]);
        (await portal.Database.ListAsync<string>("select code from partner where code like 'N-%'")).ShouldBe(["N-1"]);
    }

    [Fact]
    public async Task A_second_time_nothing_changes_and_a_corrected_row_moves_its_branch()
    {
        PartnerRow[] rows =
        [
            Row(2, "R-A", "Distributor", upstream: null, name: "A"), Row(3, "R-B", "Distributor", upstream: null, name: "B"),
            Row(4, "R-SUB", "SubDistributor", upstream: "R-A", name: "Sub"), Row(5, "R-STORE", "Store", upstream: "R-SUB", name: "Store"),
        ];
        await TakeAsync(rows);
        var versions = await Versions();

        (await TakeAsync(rows)).ShouldBeEmpty();
        (await Versions()).ShouldBe(versions);

        (await TakeAsync(Row(2, "R-SUB", "SubDistributor", upstream: "R-B", name: "Sub renamed"))).ShouldBeEmpty();
        (await LinesBelow("R-A")).ShouldBe(["R-A 0"]);
        (await LinesBelow("R-B")).ShouldBe(["R-B 0", "R-STORE 2", "R-SUB 1"]);

        Task<List<string>> Versions() => portal.Database.ListAsync<string>("select code || ' ' || version from partner where code like 'R-%' order by code");
    }

    [Fact]
    public async Task A_move_below_oneself_is_refused_and_the_other_rows_stay()
    {
        await TakeAsync(Row(2, "L-A", "Distributor", upstream: null, name: "A"), Row(3, "L-B", "Reseller", upstream: "L-A", name: "B"));

        var refused = await TakeAsync(Row(2, "L-A", "Distributor", upstream: "L-B", name: "A below B"), Row(3, "L-C", "Store", upstream: "L-B", name: "C"));

        refused.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            refusal => refusal.Row.ShouldBe(2),
            refusal => refusal.TextKey.ShouldBe("partners.refused.upstream_in_circles"));
        (await LinesBelow("L-A")).ShouldBe(["L-A 0", "L-B 1", "L-C 2"]);
    }

    [Fact]
    public async Task Territories_are_made_of_their_names()
    {
        var refused = await TakeAsync(Row(2, "T-1", "Store", upstream: null, name: "One", territory: "United Kingdom"), Row(3, "T-2", "Store", upstream: null, name: "Two", territory: "华东"));

        refused.ShouldBeEmpty();
        (await portal.Database.ListAsync<string>("select t.name from partner b join territory t using (territory_id) where b.code like 'T-%' order by b.code")).ShouldBe(["United Kingdom", "华东"]);
        (await portal.Database.ListAsync<string>("select code from territory where name = 'United Kingdom'")).ShouldBe(["UNITED_KINGDOM"]);
    }

    async Task<IReadOnlyList<RowRefusal>> TakeAsync(params PartnerRow[] rows)
    {
        await portal.Given.TheBrand();
        return await portal.InScopeAsync(Caller.System("test"), services => services.GetRequiredService<AddPartners>().AddPartnersAsync(rows, CancellationToken.None));
    }

    Task<List<string>> LinesBelow(string code) => portal.Database.ListAsync<string>("""
        select b.code || ' ' || l.distance
        from partner_line l join partner a on a.partner_id = l.ancestor_id join partner b on b.partner_id = l.partner_id
        where a.code = @code
        order by b.code
        """, new { code });

    static PartnerRow Row(long row, string code, string type, string? upstream, string name, string? territory = null) =>
        new(row, new PartnerFacts { Code = code, Name = name, PartnerType = type, CountryCode = "us", Currency = "usd", Territory = territory }, upstream);
}
