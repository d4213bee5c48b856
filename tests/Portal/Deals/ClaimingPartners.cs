using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Customers;
using Portal.Deals;
using Support;

namespace Portal.Tests.Deals;

/// <summary>Partners that claim customers, and the desk that decides: what the tests of deals begin with.</summary>
public class ClaimingPartners : PortalApp
{
    public TestPerson Huaxin { get; private set; } = null!;

    public TestPerson Yuanjian { get; private set; } = null!;

    public TestPerson DealDesk { get; private set; } = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Huaxin = await Given.ADistributor("上海华信");
        Yuanjian = await Given.ADistributor("杭州远见");
        DealDesk = await Given.SomebodyOfTheBrand("deal_desk");
        await Database.ExecuteAsync("""
            insert into portal.product_line (code, name, name_zh) values ('DISPLAYS', 'Displays', '会议大屏'), ('DESKS', 'Desks', '智能办公桌'), ('PLANS', 'Workspace plans', '工位方案');
            insert into portal.territory (code, name, name_zh) values ('CN-EAST', 'East China', '华东'), ('CN-NORTH', 'North China', '华北');
            """);
    }

    /// <summary>A registration with everything filled in.</summary>
    public DealTyped Deal(string customer, string? city = null, string? creditCode = null, string? domain = null, string[]? lines = null, string territory = "CN-EAST") => new()
    {
        Customer = new NewCustomer { Name = customer, CountryCode = "CN", City = city, CreditCode = creditCode, Domain = domain },
        ProductLines = lines ?? ["DISPLAYS"],
        Territory = territory,
        Amount = 120_000,
        Currency = "CNY",
        ExpectedClose = Clock.Today.AddDays(60),
        Need = "Twelve meeting rooms",
    };

    /// <summary>Does something with a part of the product, as that person.</summary>
    public Task<T> AsAsync<TPart, T>(TestPerson person, Func<TPart, Task<T>> work)
        where TPart : notnull =>
        InScopeAsync(Caller.Subject(TestIdentityProvider.Issuer, person.Subject), services => work(services.GetRequiredService<TPart>()));

    public Task<DealOutcome> SubmitAsync(TestPerson person, DealTyped deal) =>
        AsAsync<RegisterDeal, DealOutcome>(person, register => register.EnterAsync(deal, submit: true, CancellationToken.None));

    public async Task<string> SubmittedAsync(TestPerson person, DealTyped deal) => Assert.IsType<DealOutcome.Done>(await SubmitAsync(person, deal)).Number;

    public Task<DealOutcome> ApproveAsync(string number, int? days = null, params string[] sameAs) =>
        AsAsync<ReviewDeal, DealOutcome>(DealDesk, review => review.ApproveAsync(number, null, days, sameAs, null, CancellationToken.None));

    public async Task<string> ApprovedAsync(TestPerson person, DealTyped deal)
    {
        var number = await SubmittedAsync(person, deal);
        Assert.IsType<DealOutcome.Done>(await ApproveAsync(number));
        return number;
    }

    public Task<Deal?> FindAsync(TestPerson person, string number) => AsAsync<DealStore, Deal?>(person, deals => deals.FindAsync(number, CancellationToken.None));

    public async Task<string> StatusAsync(string number) => (await Database.ListAsync<string>("select status from portal.deal where number = @number", new { number })).Single();
}
