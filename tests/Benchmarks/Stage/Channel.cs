using System.Globalization;
using System.Text;

namespace Benchmarks.Stage;

/// <summary>
/// Partners, products and orders to import: the AdventureWorks channel that lies beside the repository, or, where it does not, one of the
/// same size that is made up here, always the same.
/// </summary>
/// <param name="Folder">Where the files are.</param>
/// <param name="IsReal">True for AdventureWorks.</param>
sealed record Channel(string Folder, bool IsReal)
{
    /// <summary>A quarter in which much was ordered, as the dashboard names it.</summary>
    public const string BusyQuarter = "2019-Q3";

    const int GeneratedOrders = 3_616;
    const int GeneratedLines = 57_851;

    /// <summary>The name of the data, for the notes.</summary>
    public string Name => IsReal ? "AdventureWorks" : "made-up data of the size of AdventureWorks (../shared/data/adventureworks is not there)";

    /// <summary>The distributors that bought something, the one with the longest list of orders first.</summary>
    public IReadOnlyList<string> Distributors
    {
        get
        {
            var bought = OrderLines().CountBy(line => line[2]).ToDictionary(StringComparer.Ordinal);
            return [.. Rows("partners.csv").Where(row => row[2] == "Distributor" && bought.ContainsKey(row[0])).Select(row => row[0]).OrderByDescending(code => bought[code])];
        }
    }

    /// <summary>The file of a kind.</summary>
    public string File(string kind) => Path.Combine(Folder, kind + ".csv");

    /// <summary>Finds the data, or makes it up in a folder of its own.</summary>
    public static Channel Find(string folderForMadeUp)
    {
        var real = Path.GetFullPath(Path.Combine(Installation.Repository(), "..", "shared", "data", "adventureworks"));
        if (System.IO.File.Exists(Path.Combine(real, "orders.csv")))
        {
            return new(real, true);
        }

        Installation.Say($"{real} is not there: data of the same size is made up.");
        MakeUp(folderForMadeUp);
        return new(folderForMadeUp, false);
    }

    /// <summary>The order lines, as they stand in the file.</summary>
    public IEnumerable<string[]> OrderLines() => Rows("orders.csv");

    IEnumerable<string[]> Rows(string file) => System.IO.File.ReadLines(Path.Combine(Folder, file)).Skip(1).Select(Fields);

    static string[] Fields(string line)
    {
        if (!line.Contains('"', StringComparison.Ordinal))
        {
            return line.Split(',');
        }

        var fields = new List<string>();
        var field = new StringBuilder();
        var quoted = false;
        foreach (var letter in line)
        {
            if (letter == '"')
            {
                quoted = !quoted;
            }
            else if (letter == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(letter);
            }
        }

        return [.. fields, field.ToString()];
    }

    static void MakeUp(string folder)
    {
        var random = new Random(20260101);
        var partners = Enumerable.Range(1, 701).Select(number => (Code: Text($"AW{number:D8}"), Tier: number <= 10 ? "Distributor" : number <= 232 ? "SubDistributor" : "Store",
            Parent: number <= 10 ? "" : number <= 232 ? Text($"AW{(number % 10) + 1:D8}") : Text($"AW{(number % 222) + 11:D8}"))).ToList();
        System.IO.File.WriteAllLines(Path.Combine(folder, "partners.csv"),
        [
            "code,name,tier,parent_code,business_type,territory,country_code,country,state,city,postal_code,address,phone,annual_sales,number_of_employees,year_opened",
            .. partners.Select(partner => $"{partner.Code},Partner {partner.Code[2..]},{partner.Tier},{partner.Parent},Warehouse,Northwest,US,United States,Washington,Seattle,98104,1 Main Street,245-555-0173,300000.0000,2,1974"),
        ]);
        var products = Enumerable.Range(1, 295).Select(number => (Sku: Text($"MU-{number:D4}"), Price: 10m + number)).ToList();
        System.IO.File.WriteAllLines(Path.Combine(folder, "products.csv"),
        [
            "sku,name,category,subcategory,color,size,weight_kg_or_lb,list_price_usd,standard_cost_usd",
            .. products.Select((product, index) => Text($"{product.Sku},Product {index + 1},{(index % 4) switch { 0 => "Bikes", 1 => "Components", 2 => "Clothing", _ => "Accessories" }},Any,Black,58,2.24,{product.Price:F4},{product.Price / 2:F4}")),
        ]);
        System.IO.File.WriteAllLines(Path.Combine(folder, "orders.csv"), ["order_number,order_date,buyer_code,line,sku,quantity,unit_price_usd,line_amount_usd", .. MadeUpOrders(random, [.. partners.Select(partner => partner.Code)], products)]);
    }

    static IEnumerable<string> MadeUpOrders(Random random, List<string> buyers, List<(string Sku, decimal Price)> products)
    {
        for (var order = 0; order < GeneratedOrders; order++)
        {
            var day = new DateOnly(2017, 7, 1).AddDays(order * 1060 / GeneratedOrders);
            var buyer = buyers[random.Next(buyers.Count)];
            var lines = (GeneratedLines / GeneratedOrders) + (order < GeneratedLines % GeneratedOrders ? 1 : 0);
            for (var line = 1; line <= lines; line++)
            {
                var (sku, price) = products[random.Next(products.Count)];
                var quantity = random.Next(1, 9);
                yield return Text($"SO{43659 + order},{day:yyyy-MM-dd},{buyer},{line},{sku},{quantity},{price:F2},{price * quantity:F2}");
            }
        }
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
