using Microsoft.Extensions.Hosting;

namespace Platform.Web;

/// <summary>Where a program finds itself: at somebody's workplace or installed, and which folder its files are in.</summary>
public static class Surroundings
{
    /// <summary>Development, when nothing is said and the program runs from within the repository; null leaves it to what is said, and silence means Production.</summary>
    /// <param name="arguments">The command line.</param>
    public static string? EnvironmentUnlessSaid(IEnumerable<string> arguments) =>
        Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") is null && Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT") is null
            && !arguments.Any(argument => argument.StartsWith("--environment=", StringComparison.OrdinalIgnoreCase)) && FolderAboveWith("PartnerPortal.sln") is not null
            ? Environments.Development
            : null;

    /// <summary>Where wwwroot stands: the working folder, or the program's own when it was started from elsewhere.</summary>
    /// <param name="asset">A file or folder that stands there, such as <c>wwwroot</c>; one that no other program has, where both may be started from the same folder.</param>
    public static string ContentRoot(string asset)
    {
        var here = Directory.GetCurrentDirectory();
        return Path.Exists(Path.Combine(here, asset)) ? here : FolderAboveWith(asset) ?? here;
    }

    static string? FolderAboveWith(string asset)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !Path.Exists(Path.Combine(folder.FullName, asset)))
        {
            folder = folder.Parent;
        }

        return folder?.FullName;
    }
}
