using Microsoft.Extensions.Configuration;

namespace Platform.Database;

/// <summary>The folder that holds all a single-machine installation keeps: the embedded database, keys, outgoing mail, logs.</summary>
public static class DataFolder
{
    /// <summary>
    /// <c>--data DIR</c>, else the setting <c>Portal:DataFolder</c>, else <c>.data</c> in the repository, or beside the program
    /// where it does not run from the repository.
    /// </summary>
    public static string Of(IConfiguration configuration, string contentRoot)
    {
        if ((configuration["data"] ?? configuration["Portal:DataFolder"]) is { Length: > 0 } given)
        {
            return Path.GetFullPath(given);
        }

        for (var folder = new DirectoryInfo(contentRoot); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "PartnerPortal.sln")))
            {
                return Path.Combine(folder.FullName, ".data");
            }
        }

        return Path.Combine(contentRoot, ".data");
    }
}
