using Microsoft.Extensions.DependencyInjection;
using Platform.Database;
using Portal.Web;
using Support;

namespace Portal.Tests.Imports;

public sealed class ImportingByCommand(PortalApp portal) : IClassFixture<PortalApp>, IAsyncLifetime
{
    readonly string folder = Directory.CreateTempSubdirectory("partnerportal-import-").FullName;

    public Task InitializeAsync() => portal.Given.TheBrand();

    public Task DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return Task.CompletedTask;
    }

    async Task<(int Code, string Printed)> RunAsync(string verb, params string[] arguments)
    {
        var printed = new StringWriter();
        var code = await portal.InScopeAsync(Caller.System("test"), services => services.GetServices<IVerb>().Single(known => known.Name == verb).RunAsync(arguments, printed, default));
        return (code, printed.ToString());
    }

    async Task<string> FileAsync(string name, string content)
    {
        var path = Path.Combine(folder, name);
        await File.WriteAllTextAsync(path, content);
        return path;
    }

    [Fact]
    public async Task It_prints_how_columns_are_read_and_what_was_taken()
    {
        var (code, printed) = await RunAsync("import", "products", await FileAsync("p.csv", "sku,name,category,list_price_usd,remark\nCL-1,One,Lines,9.99,x\n"));

        Assert.Equal(0, code);
        Assert.Contains("  list_price <- list_price_usd", printed, StringComparison.Ordinal);
        Assert.Contains("  price_currency <- always \"USD\"", printed, StringComparison.Ordinal);
        Assert.Contains("  not used: remark", printed, StringComparison.Ordinal);
        Assert.Contains("1 rows read, 1 taken, 0 refused", printed, StringComparison.Ordinal);
        Assert.Equal([("done", "p.csv", false)], await portal.Database.ListAsync<(string, string, bool)>("select status, file_name, file_is_stored from import where file_name = 'p.csv'"));
    }

    [Fact]
    public async Task Refused_rows_stand_in_a_file_and_the_exit_code_says_so()
    {
        var repair = Path.Combine(Directory.GetCurrentDirectory(), "wrong.refused.csv");
        try
        {
            var path = await FileAsync("wrong.csv", "sku,name,line\nCW-1,One,Lines\nCW-2,,Lines\n");

            var (code, printed) = await RunAsync("import", "products", path);
            Assert.Equal(1, code);
            Assert.Contains("  row 3 name: The cell is empty. Enter a value.", printed, StringComparison.Ordinal);
            Assert.Empty(await portal.Database.ListAsync<string>("select sku from product where sku like 'CW-%'"));
            Assert.Equal("﻿sku,name,line,Refused value,What is wrong\r\nCW-2,,Lines,,name: The cell is empty. Enter a value.\r\n", await File.ReadAllTextAsync(repair) is var text && text[0] == '﻿' ? text : "﻿" + await File.ReadAllTextAsync(repair));

            Assert.Equal(1, (await RunAsync("import", "products", path, "--leave-out-wrong")).Code);
            Assert.Equal(["CW-1"], await portal.Database.ListAsync<string>("select sku from product where sku like 'CW-%'"));
        }
        finally
        {
            File.Delete(repair);
        }
    }

    [Fact]
    public async Task Columns_with_other_names_and_values_for_all_rows_are_given_with_it()
    {
        var path = await FileAsync("c.csv", "Artikelnummer,Bezeichnung\nCC-1,Schreibtisch\n");

        var refused = await RunAsync("import", "products", path);
        Assert.Equal(1, refused.Code);
        Assert.Contains("No column contains “SKU”.", refused.Printed, StringComparison.Ordinal);

        Assert.Equal(0, (await RunAsync("import", "products", path, "--column", "sku", "Artikelnummer", "--column", "name", "Bezeichnung", "--always", "line", "Desks")).Code);
    }

    [Theory]
    [InlineData("Name the kind and the file.")]
    [InlineData("'shoes' cannot be imported.", "shoes", "a.csv")]
    [InlineData("A partner's own people enter deals, on the pages: the brand decides on them, so it does not enter them.", "deals", "a.csv")]
    [InlineData("'--force' is not understood, or wants two words after it.", "products", "a.csv", "--force")]
    public async Task A_wrong_command_is_explained(string message, params string[] arguments) =>
        Assert.Equal(message, (await Assert.ThrowsAsync<UsageException>(() => RunAsync("import", arguments))).Message);

    [Fact]
    public async Task A_file_that_is_not_there_is_named() =>
        Assert.StartsWith("There is no file ", (await Assert.ThrowsAsync<UsageException>(() => RunAsync("import", "products", Path.Combine(folder, "none.csv")))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Partners_without_a_code_come_back_as_themselves()
    {
        var above = await portal.Given.APartner("Ohne Code", "distributor");
        await portal.Given.APartner("Darunter", "reseller", above);
        var exported = Path.Combine(folder, "partners.xlsx");
        Assert.Equal(0, (await RunAsync("export", "partners", exported)).Code);
        var before = await portal.Database.ListAsync<string>("select number || name || coalesce(upstream_id::text, '') from partner order by 1");

        var (code, printed) = await RunAsync("import", "partners", exported);

        Assert.True(code == 0, printed);
        Assert.Equal(before, await portal.Database.ListAsync<string>("select number || name || coalesce(upstream_id::text, '') from partner order by 1"));
        Assert.Contains("The very same content was taken before, as IM-", (await RunAsync("import", "partners", exported)).Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Customers_come_out_as_they_went_in()
    {
        var path = await FileAsync("k.csv", "name,other_names,country,city,domain,partner_code,direct\nExportkunde GmbH,Export Customer;EK,DE,Bonn,exportkunde.example,,yes\n");
        Assert.Equal(0, (await RunAsync("import", "customers", path)).Code);

        var exported = Path.Combine(folder, "out.csv");
        Assert.Equal(0, (await RunAsync("export", "customers", exported)).Code);

        Assert.Contains("Exportkunde GmbH,\"Export Customer;EK\",DE,,Bonn,,,,,,exportkunde.example,,yes,", await File.ReadAllTextAsync(exported), StringComparison.Ordinal);
        var again = await RunAsync("import", "customers", exported);
        Assert.Equal(0, again.Code);
        Assert.Contains("Customers known already: 1", again.Printed, StringComparison.Ordinal);
    }
}
