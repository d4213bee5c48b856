using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Demo;
using Portal.Web;
using Support;

namespace Portal.Tests.Demo;

public sealed class SeedingTheDemo(PortalApp portal) : IClassFixture<PortalApp>
{
    async Task<(int Code, string Output)> RunAsync(string verb, params string[] arguments)
    {
        var output = new StringWriter();
        var code = -1;
        await portal.InScopeAsync(Caller.System(verb), async services => code = await services.GetServices<IVerb>().Single(known => known.Name == verb).RunAsync(arguments, output, default));
        return (code, output.ToString());
    }

    [Fact]
    public async Task The_demo_is_written_once_and_contradicts_nothing_also_with_a_twentieth_of_the_large_data_set()
    {
        var (code, output) = await RunAsync("seed");
        Assert.Contains("The demo is written.", output, StringComparison.Ordinal);
        Assert.Equal(0, code);

        var (again, said) = await RunAsync("seed");
        Assert.Equal(0, again);
        Assert.Contains("the demo is left as it is", said, StringComparison.Ordinal);

        var today = DateOnly.FromDateTime(portal.Clock.GetUtcNow().UtcDateTime);
        await portal.InScopeAsync(Caller.System("seed"), services => services.GetRequiredService<Db>().InTransactionAsync(async () =>
        {
            foreach (var part in services.GetServices<ILargeDemoPart>().OrderBy(part => part.Order))
            {
                await part.SeedAsync(today, 0.05m, default);
            }
        }, default));
        Assert.Equal([40L], await portal.Database.ListAsync<long>("select count(*) from portal.partner where code like 'L-%'"));

        var (verified, found) = await RunAsync("verify", "all");
        Assert.True(verified == 0, found);
        Assert.Contains("is here already", (await RunAsync("seed", "--large")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public Task An_argument_nobody_knows_is_refused() => Assert.ThrowsAsync<UsageException>(() => RunAsync("seed", "--huge"));
}
