using System.Security.Cryptography;
using System.Text;

namespace Platform.Demo;

/// <summary>
/// The people and API clients of the demonstration, known to both services: identity makes their accounts, the portal their
/// partners, persons and roles. A Production start refuses a database that holds them.
/// </summary>
public static class DemoAccounts
{
    /// <summary>The password of every demo person.</summary>
    public const string Password = "Northlight-demo-2026";

    /// <summary>The secret of every demo API client.</summary>
    public const string ApiClientSecret = "demo-erp-secret-2026";

    /// <summary>The people, the brand's first.</summary>
    public static IReadOnlyList<DemoAccount> People { get; } =
    [
        new("admin@northlight.example", "Grace Lin", "林静", "northlight", "brand_admin"),
        new("channel@northlight.example", "Daniel Zhou", "周航", "northlight", "channel_manager"),
        new("dealdesk@northlight.example", "Mia Shen", "沈悦", "northlight", "deal_desk"),
        new("finance@northlight.example", "Oscar Qian", "钱伟", "northlight", "finance"),
        new("admin@huaxin.example", "Helen Hua", "华敏", "huaxin", "partner_admin"),
        new("sales@huaxin.example", "Victor Xu", "徐磊", "huaxin", "sales", "purchasing"),
        new("purchasing@huaxin.example", "Penny Gao", "高洁", "huaxin", "purchasing"),
        new("sales@jiangnan.example", "Simon Jiang", "江涛", "jiangnan", "partner_admin", "sales", "purchasing"),
        new("store@jiangnan-wuxi.example", "Wendy Wu", "吴倩", "jiangnan-wuxi", "partner_admin", "sales", "purchasing"),
        new("sales@eurodist.example", "Lena Fischer", "莱娜", "eurodist", "partner_admin", "sales", "purchasing"),
        new("operator@kuwo.example", "Kevin Ku", "顾凯", "kuwo", "partner_admin", "sales"),
        new("agent@zhujian.example", "Jane Zhu", "朱健", "zhujian", "sales"),
    ];

    /// <summary>The companies that the people belong to, by key; the brand first.</summary>
    public static IReadOnlyList<(string Key, string Name)> Companies { get; } =
    [
        ("northlight", "北光 Northlight"),
        ("huaxin", "华信 Huaxin"),
        ("jiangnan", "江南办公 Jiangnan"),
        ("jiangnan-wuxi", "江南办公无锡店 Jiangnan Office Wuxi"),
        ("eurodist", "Eurodist"),
        ("kuwo", "酷窝 Kuwo"),
        ("zhujian", "筑间 Zhujian"),
    ];

    /// <summary>The API clients (grant client_credentials, scope <c>portal.api</c>); the subject of their tokens is the client id.</summary>
    public static IReadOnlyList<DemoApiClient> ApiClients { get; } =
    [
        new("demo-erp-huaxin", "Huaxin ERP", "华信 ERP", "huaxin", "sales", "purchasing"),
        new("demo-erp-eurodist", "Eurodist ERP", "Eurodist ERP", "eurodist", "sales", "purchasing"),
        new("demo-erp-brand", "Northlight ERP", "北光 ERP", "northlight", "brand_admin"),
    ];
}

/// <summary>A person of the demonstration.</summary>
/// <param name="Email">The address they sign in with.</param>
/// <param name="Name">Their name in English.</param>
/// <param name="ChineseName">Their name in Chinese.</param>
/// <param name="PartnerKey">The demo partner they belong to; <c>northlight</c> is the brand.</param>
/// <param name="Roles">Their roles in the portal.</param>
public sealed record DemoAccount(string Email, string Name, string ChineseName, string PartnerKey, params string[] Roles)
{
    /// <summary>The subject identity gives them: opaque, and the same in every demonstration, so that the portal can be seeded alone.</summary>
    public string Subject { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("demo account of " + Email)).AsSpan(0, 16));

    /// <summary>The language they prefer: Chinese for the partners in China, English for the others.</summary>
    public string Language => PartnerKey is "northlight" or "eurodist" ? "en" : "zh-CN";
}

/// <summary>An API client of the demonstration.</summary>
/// <param name="ClientId">The id it signs in with, and the subject of its tokens.</param>
/// <param name="Name">Its name in English.</param>
/// <param name="ChineseName">Its name in Chinese.</param>
/// <param name="PartnerKey">The demo partner on whose behalf it works.</param>
/// <param name="Roles">Its roles in the portal.</param>
public sealed record DemoApiClient(string ClientId, string Name, string ChineseName, string PartnerKey, params string[] Roles);
