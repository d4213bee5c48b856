using Portal.Alerts;
using Portal.Analysis;
using Portal.Assortment;
using Portal.Attachments;
using Portal.Audit;
using Portal.Buying;
using Portal.Catalog;
using Portal.Configuring;
using Portal.Customers;
using Portal.Deals;
using Portal.Deliveries;
using Portal.Demo;
using Portal.Disputes;
using Portal.Documents;
using Portal.Imports;
using Portal.Kpis;
using Portal.Leads;
using Portal.Matching;
using Portal.Notifications;
using Portal.Orders;
using Portal.Partners;
using Portal.Pipeline;
using Portal.Pricing;
using Portal.Probing;
using Portal.Quotes;
using Portal.Receipts;
using Portal.Receivables;
using Portal.Replenishing;
using Portal.Returns;
using Portal.Search;
using Portal.Stock;
using Portal.Subscriptions;
using Portal.Ubl;
using Portal.Verify;
using Portal.Web;
using Portal.Worklists;
using Portal.Webhooks;

namespace Portal;

/// <summary>The features of the portal, each with the method by which it registers its acts, stores, verbs, jobs and receivers.</summary>
static class Features
{
    /// <summary>Registers them all; a new feature adds its line.</summary>
    public static IServiceCollection AddFeatures(this IServiceCollection services) => services
        .AddCatalog()
        .AddDocuments()
        .AddAudit()
        .AddPartners()
        .AddAssortment()
        .AddPricing()
        .AddMatching()
        .AddCustomers()
        .AddDeals()
        .AddReceipts()
        .AddDisputes()
        .AddPipeline()
        .AddAttachments()
        .AddProbing()
        .AddLeads()
        .AddDemo()
        .AddKpis()
        .AddAlerts()
        .AddAnalysis()
        .AddNotifications()
        .AddSearch()
        .AddStock()
        .AddReceivables()
        .AddOrders()
        .AddReturns()
        .AddBuying()
        .AddReplenishing()
        .AddQuotes()
        .AddConfiguring()
        .AddSubscriptions()
        .AddImports()
        .AddUbl()
        .AddVerify()
        .AddWorklists()
        .AddDeliveries()
        .AddWebhooks()
        ;

    /// <summary>The verbs that need no database.</summary>
    public static IReadOnlyList<IOfflineVerb> OfflineVerbs { get; } = [new ReceiptVerb(), new UblVerb()];
}
