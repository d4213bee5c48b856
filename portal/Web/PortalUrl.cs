namespace Portal.Web;

/// <summary>The address by which people reach the portal, for links in mails and documents.</summary>
public static class PortalUrl
{
    /// <summary>Where nothing is set: on this machine.</summary>
    public const string Default = "http://localhost:5080";

    /// <summary>The setting <c>Portal:Url</c>, without a slash at its end.</summary>
    public static string Of(IConfiguration configuration) => (configuration["Portal:Url"] ?? Default).TrimEnd('/');
}
