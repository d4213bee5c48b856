using Portal.Tests.House;

namespace Portal.Tests.Imports;

/// <summary>The figures of a real channel, which nobody of this project made; they stand beside the repository, if at all.</summary>
public static class AdventureWorks
{
    public static DirectoryInfo Folder { get; } = new(Path.Combine(SourceTree.Root.Parent?.FullName ?? "/", "shared", "data", "adventureworks"));

    public static string File(string kind) => Path.Combine(Folder.FullName, kind + ".csv");
}

/// <summary>A test on these figures; where they are absent it says so and is skipped.</summary>
public sealed class AdventureWorksFactAttribute : FactAttribute
{
    public AdventureWorksFactAttribute()
    {
        if (!AdventureWorks.Folder.Exists)
        {
            Skip = $"There is no folder {AdventureWorks.Folder.FullName} with partners.csv, products.csv, promotions.csv and orders.csv.";
        }
    }
}
