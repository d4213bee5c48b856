using Portal.Web;

namespace Portal.Receivables;

/// <summary>Who reads and who keeps the books between a seller and its buyers; the database says the same (<c>app_keeps_books_of</c>).</summary>
public static class ReceivablesRoles
{
    /// <summary>The brand's finance.</summary>
    public const string Finance = "finance";

    /// <summary>The brand's administrator.</summary>
    public const string BrandAdmin = "brand_admin";

    /// <summary>The brand's channel manager, who reads.</summary>
    public const string ChannelManager = "channel_manager";

    /// <summary>A partner's administrator.</summary>
    public const string PartnerAdmin = "partner_admin";

    /// <summary>A partner's sales, who read what their buyers owe.</summary>
    public const string Sales = "sales";

    /// <summary>A partner's purchasing, who read what they owe.</summary>
    public const string Purchasing = "purchasing";

    /// <summary>Those who write: payments, credit notes, limits, terms.</summary>
    public static IReadOnlyList<string> Keepers { get; } = [Finance, BrandAdmin, PartnerAdmin];

    /// <summary>Those who read what buyers owe the own company.</summary>
    public static IReadOnlyList<string> SellerReaders { get; } = [Finance, BrandAdmin, ChannelManager, PartnerAdmin, Sales];

    /// <summary>Those who read what the own company owes.</summary>
    public static IReadOnlyList<string> BuyerReaders { get; } = [PartnerAdmin, Purchasing];

    /// <summary>True when the person reads that side of an account; that it is an account of the own company, the database sees to.</summary>
    /// <param name="me">Who.</param>
    /// <param name="asSeller">The own company is the one that is owed.</param>
    public static bool MayRead(ICurrentPerson me, bool asSeller) => me.Has(asSeller ? SellerReaders : BuyerReaders);

    /// <summary>True when the person reads that invoice; the brand reads those between others as their sellers do.</summary>
    public static bool MayRead(ICurrentPerson me, InvoiceHead invoice) => MayRead(me, asSeller: invoice.IsSeller || (me.IsBrand && !invoice.IsBuyer));

    /// <summary>True when the person reads that payment or credit note; the brand reads those between others as their sellers do.</summary>
    public static bool MayRead(ICurrentPerson me, PaymentHead payment) => MayRead(me, asSeller: payment.IsSeller || me.IsBrand);
}
