using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Customers;
using Support;

namespace Portal.Tests.Customers;

public sealed class AddingCustomers(PortalApp portal) : IClassFixture<PortalApp>
{
    [Fact]
    public async Task A_customer_is_kept_with_its_identifiers_in_one_form()
    {
        var sales = await portal.Given.ADistributor("登记商");

        var number = Assert.IsType<CustomerEntry.Added>(Assert.Single(await AddAsync(sales, new NewCustomer
        {
            Name = " 杭州云栖科技有限公司 ", OtherNames = ["Yunqi Technology", ""], CountryCode = "cn", City = "杭州", CreditCode = "9144 0300 7084 6113 6t", Domain = "https://www.yunqi.cn/", Phone = "0571-8888 1234",
        }))).Number;

        var customer = (await FindAsync(sales, number))!;
        Assert.Equal(("杭州云栖科技有限公司", "CN", "91440300708461136T", "yunqi.cn", "+8657188881234"), (customer.Name, customer.CountryCode, customer.CreditCode, customer.Domain, customer.Phone));
        Assert.Equal(["Yunqi Technology"], customer.OtherNames);
    }

    [Fact]
    public async Task Rows_that_are_wrong_are_refused_field_by_field_and_the_others_go_in()
    {
        var sales = await portal.Given.ADistributor("批量商");

        var entries = await AddAsync(sales,
            new() { Name = "Good One", CountryCode = "DE", VatNumber = "DE136695976" },
            new() { Name = "—", CountryCode = "Germany", VatNumber = "DE136695977", Duns = "12", Domain = "x", Phone = "-" },
            new() { Name = "Good Two", CountryCode = "DE" });

        Assert.IsType<CustomerEntry.Added>(entries[0]);
        Assert.Equal(["name", "vatNumber", "duns", "domain", "phone", "countryCode"], Assert.IsType<CustomerEntry.Refused>(entries[1]).Problems.Select(problem => problem.Field));
        Assert.IsType<CustomerEntry.Added>(entries[2]);
    }

    [Fact]
    public async Task A_customer_the_partner_has_already_is_answered_with_its_number_also_within_one_file()
    {
        var sales = await portal.Given.ADistributor("重复商");
        var number = Assert.IsType<CustomerEntry.Added>(Assert.Single(await AddAsync(sales, new NewCustomer { Name = "Alpenhotel Innsbruck GmbH", CountryCode = "AT" }))).Number;

        var again = await AddAsync(sales,
            new() { Name = "ALPENHOTEL INNSBRUCK GMBH", CountryCode = "AT" },
            new() { Name = "Seehotel Bregenz GmbH", CountryCode = "AT" },
            new() { Name = "Seehotel  Bregenz Gmbh", CountryCode = "AT" });

        Assert.Equal(number, Assert.IsType<CustomerEntry.AlreadyThere>(again[0]).Number);
        Assert.Equal(Assert.IsType<CustomerEntry.Added>(again[1]).Number, Assert.IsType<CustomerEntry.AlreadyThere>(again[2]).Number);
    }

    [Fact]
    public async Task The_same_company_of_two_partners_is_two_customers_in_one_cluster_and_neither_learns_of_the_other()
    {
        var one = await portal.Given.ADistributor("甲方");
        var other = await portal.Given.ADistributor("乙方");
        await AddAsync(one, new NewCustomer { Name = "宁波北仑港务有限公司", CountryCode = "CN" });

        var number = Assert.IsType<CustomerEntry.Added>(Assert.Single(await AddAsync(other, new NewCustomer { Name = "宁波 北仑港务 有限公司", CountryCode = "CN" }))).Number;

        Assert.Equal([2L], await portal.Database.ListAsync<long>("select count(*) from portal.end_customer where customer_cluster_id = (select customer_cluster_id from portal.end_customer where number = @number)", new { number }));
        Assert.Null(await FindAsync(one, number));
    }

    [Fact]
    public async Task Thousands_at_once_are_entered_for_the_partners_they_name()
    {
        var one = await portal.Given.ADistributor("千户一");
        var other = await portal.Given.ADistributor("千户二");
        var rows = Enumerable.Range(0, 1500).Select(at => new NewCustomer { Name = $"Customer number {at} of the fair", CountryCode = "DE", PartnerId = at % 2 == 0 ? one.Partner.PartnerId : other.Partner.PartnerId }).ToList();

        var entries = await portal.InScopeAsync(Caller.System("import"), services => services.GetRequiredService<AddCustomers>().AddCustomersAsync(rows, CancellationToken.None));
        var again = await portal.InScopeAsync(Caller.System("import"), services => services.GetRequiredService<AddCustomers>().AddCustomersAsync([.. rows.Take(10)], CancellationToken.None));

        Assert.Equal(1500, entries.OfType<CustomerEntry.Added>().Count());
        Assert.Equal(entries.Take(10).Cast<CustomerEntry.Added>().Select(entry => entry.Number), again.Cast<CustomerEntry.AlreadyThere>().Select(entry => entry.Number));
        Assert.Equal([750L], await portal.Database.ListAsync<long>("select count(*) from portal.end_customer where partner_id = @PartnerId", new { one.Partner.PartnerId }));
    }

    [Fact]
    public async Task A_change_is_found_by_the_new_name_and_refused_on_an_old_version()
    {
        var sales = await portal.Given.ADistributor("改名商");
        var number = Assert.IsType<CustomerEntry.Added>(Assert.Single(await AddAsync(sales, new NewCustomer { Name = "旧名字贸易有限公司", CountryCode = "CN" }))).Number;

        var changed = await EditAsync(sales, number, 1, new() { Name = "新名字实业有限公司", OtherNames = ["旧名字贸易有限公司"], CountryCode = "CN" });
        var late = await EditAsync(sales, number, 1, new() { Name = "迟到", CountryCode = "CN" });
        var stranger = await EditAsync(await portal.Given.ADistributor("外人"), number, 2, new() { Name = "Mine now", CountryCode = "CN" });

        Assert.Equal(new CustomerEdit.Saved(2), changed);
        Assert.IsType<CustomerEdit.Stale>(late);
        Assert.IsType<CustomerEdit.Missing>(stranger);
        Assert.Equal(number, Assert.IsType<CustomerEntry.AlreadyThere>(Assert.Single(await AddAsync(sales, new NewCustomer { Name = "新名字实业", CountryCode = "CN" }))).Number);
    }

    Task<IReadOnlyList<CustomerEntry>> AddAsync(TestPerson person, params NewCustomer[] customers) =>
        portal.InScopeAsync(Caller.Subject(TestIdentityProvider.Issuer, person.Subject), services => services.GetRequiredService<AddCustomers>().AddCustomersAsync(customers, CancellationToken.None));

    Task<CustomerEdit> EditAsync(TestPerson person, string number, int version, NewCustomer customer) =>
        portal.InScopeAsync(Caller.Subject(TestIdentityProvider.Issuer, person.Subject), services => services.GetRequiredService<EditCustomer>().RunAsync(number, version, customer, CancellationToken.None));

    Task<Customer?> FindAsync(TestPerson person, string number) =>
        portal.InScopeAsync(Caller.Subject(TestIdentityProvider.Issuer, person.Subject), services => services.GetRequiredService<CustomerStore>().FindAsync(number, CancellationToken.None));
}
