using Shouldly;
using Xunit;

namespace Browser.Tests.Quotes;

[Collection(InTheBrowser.Name)]
public sealed class PuttingColumnsInOrder(Chromium chromium, DemoPortal portal)
{
    [BrowserFact]
    public async Task Columns_of_a_template_are_moved_by_keyboard_and_by_mouse_and_their_positions_follow()
    {
        await using var desk = await Desk.SitDownAsync(chromium, portal, await portal.PersonAsync("admin@northlight.example"));
        await desk.OpenAsync("/quote-templates/new");
        var rows = desk.Page.Locator("tbody[data-in-order]").First.Locator("tr");
        var order = (await rows.Locator("input[type=hidden][name$='.Key']").EvaluateAllAsync<string[]>("keys => keys.map(key => key.value)")).ToList();

        await rows.Nth(1).Locator("[data-handle]").FocusAsync();
        await desk.Page.Keyboard.PressAsync("ArrowDown");
        (order[1], order[2]) = (order[2], order[1]);
        await ShouldStandAsync(order);
        (await desk.Page.EvaluateAsync<bool>("document.activeElement.hasAttribute('data-handle')")).ShouldBeTrue();

        await rows.Nth(2).Locator("[data-handle]").DragToAsync(rows.Nth(0), new() { TargetPosition = new() { X = 20, Y = 4 } });
        order.Insert(0, order[2]);
        order.RemoveAt(3);
        await ShouldStandAsync(order);

        async Task ShouldStandAsync(List<string> expected)
        {
            (await rows.Locator("input[type=hidden][name$='.Key']").EvaluateAllAsync<string[]>("keys => keys.map(key => key.value)")).ShouldBe(expected);
            (await rows.Locator("[data-position]").EvaluateAllAsync<string[]>("fields => fields.map(field => field.value)")).ShouldBe(Enumerable.Range(1, expected.Count).Select(at => at.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }
    }
}
