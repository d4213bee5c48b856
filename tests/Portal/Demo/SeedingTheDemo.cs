using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
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
    public async Task The_demo_and_the_large_data_set_are_written_once_and_contradict_nothing()
    {
        var (withoutDemo, _) = await RunAsync("verify", "all");
        Assert.Equal(0, withoutDemo);

        var (code, output) = await RunAsync("seed", "--large");
        Assert.Contains("The demo is written.", output, StringComparison.Ordinal);
        Assert.Contains("800 partners", output, StringComparison.Ordinal);
        Assert.Equal(0, code);

        var (again, said) = await RunAsync("seed", "--large");
        Assert.Equal(0, again);
        Assert.Contains("the demo is left as it is", said, StringComparison.Ordinal);
        Assert.Contains("is here already", said, StringComparison.Ordinal);

        var (verified, found) = await RunAsync("verify", "all");
        Assert.True(verified == 0, found);
    }

    [Fact]
    public Task An_argument_nobody_knows_is_refused() => Assert.ThrowsAsync<UsageException>(() => RunAsync("seed", "--huge"));
}
