using Platform.Database;
using Portal.Demo;

namespace Portal.Customers;

/// <summary>A group of companies among the demo's customers.</summary>
sealed class CustomersDemo(Db db, CustomerGroups groups) : IDemoPart
{
    public int Order => 41;

    public async Task SeedAsync(DateOnly today, CancellationToken ct)
    {
        var numbers = await db.ListAsync<string>("""
            select number from end_customer where name in ('苏州平江文化旅游有限公司', '苏州金鸡湖国际酒店管理有限公司') order by name = '苏州平江文化旅游有限公司', end_customer_id
            """, null, ct);
        if (numbers.Count >= 2)
        {
            await groups.LinkAsync(numbers[^1], numbers[0], "年报披露的全资子公司。", ct);
        }
    }
}
