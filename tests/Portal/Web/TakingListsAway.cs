using System.Net;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Portal.Tests.Orders;
using Support;

namespace Portal.Tests.Web;

/// <summary>Every list of the portal can be taken away as a file, as it is filtered: found by visiting all pages that are there, so that a new list without one is noticed.</summary>
public sealed class TakingListsAway(PortalApp portal) : IClassFixture<PortalApp>
{
    // What is read and gone: the bell's own page.
    static readonly HashSet<string> Without = new(StringComparer.Ordinal) { "/notifications" };

    // What a page's address needs to stand for.
    static readonly string[] Sides = ["buyer", "seller", "channel"], Worklists = ["buying", "selling", "shipping", "books"];

    [Fact]
    public async Task Every_list_is_there_as_a_workbook_and_as_CSV()
    {
        await portal.Given.Products();
        var brand = await portal.Given.SomebodyOfTheBrand("brand_admin", "channel_manager", "deal_desk", "finance");
        var partner = await portal.Given.ADistributor("=cmd|' /C calc'!A0");
        foreach (var person in new[] { brand, partner })
        {
            var visitor = portal.SignIn(person);
            var lists = 0;
            List<string> missing = [];
            foreach (var path in Pages())
            {
                var page = await visitor.GetAsync(path);
                if (page.Status is not HttpStatusCode.OK || Without.Contains(page.Path))
                {
                    continue;
                }

                var files = page.Document.QuerySelectorAll("a[href*='export']").Select(link => link.GetAttribute("href")!).ToList();
                // what list-table writes
                if (page.Document.QuerySelector("#list.card") is not null)
                {
                    if (!files.Exists(file => file.Contains("format=csv", StringComparison.Ordinal)) || !files.Exists(file => !file.Contains("format=csv", StringComparison.Ordinal)))
                    {
                        missing.Add(page.Path);
                    }
                }

                foreach (var file in files.Where(file => file.Contains("/export", StringComparison.Ordinal) && !file.StartsWith("/imports/exports", StringComparison.Ordinal)).Distinct(StringComparer.Ordinal))
                {
                    lists++;
                    var answer = await visitor.GetAsync(file.StartsWith('?') ? page.Path + file : file);
                    Assert.Equal((HttpStatusCode.OK, file), (answer.Status, file));
                    Assert.Equal((file.Contains("format=csv", StringComparison.Ordinal) ? "text/csv; charset=utf-8" : "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", file), (answer.Header("Content-Type"), file));
                    Assert.True(answer.Bytes.Length > 20, $"{file} is empty.");
                }
            }

            Assert.Equal([], missing);
            Assert.True(lists > 30, $"Only {lists} files were found.");
        }

        // what a spreadsheet would run as a formula stays a text
        var csv = (await portal.SignIn(brand).GetAsync("/partners/export?format=csv")).Body;
        Assert.Contains("'=cmd", csv, StringComparison.Ordinal);
    }

    IEnumerable<string> Pages() =>
        portal.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains("GET") is true && endpoint.Metadata.GetMetadata<ControllerActionDescriptor>()?.ControllerTypeInfo.Namespace?.StartsWith("Portal.", StringComparison.Ordinal) is true)
            .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/'))
            .Where(path => !path.StartsWith("/api/", StringComparison.Ordinal) && !path.Contains("export", StringComparison.Ordinal) && !path.EndsWith(".ics", StringComparison.Ordinal) && !path.Contains("sign", StringComparison.Ordinal))
            .SelectMany(Filled)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);

    static IEnumerable<string> Filled(string path)
    {
        if (path.Contains("{side", StringComparison.Ordinal))
        {
            return Sides.Select(side => path[..path.IndexOf('{', StringComparison.Ordinal)] + side + path[(path.IndexOf("$)}", StringComparison.Ordinal) + 3)..]).Where(filled => !filled.Contains('{', StringComparison.Ordinal));
        }

        return path.Contains("{list:regex", StringComparison.Ordinal) ? Worklists.Select(list => "/worklists/" + list) : path.Contains('{', StringComparison.Ordinal) ? [] : [path];
    }
}
