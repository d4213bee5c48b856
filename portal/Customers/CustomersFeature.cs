using Portal.Demo;
using Portal.Search;
using Portal.Web;

namespace Portal.Customers;

/// <summary>End customers and the clusters they stand in.</summary>
static class CustomersFeature
{
    /// <summary>Registers acts and stores.</summary>
    public static IServiceCollection AddCustomers(this IServiceCollection services) => services
        .AddScoped<CustomerStore>()
        .AddScoped<CustomerKeyStore>()
        .AddScoped<CustomerLists>()
        .AddScoped<AddCustomers>()
        .AddScoped<EditCustomer>()
        .AddScoped<ClusterStore>()
        .AddScoped<MergeClusters>()
        .AddScoped<SplitCluster>()
        .AddScoped<UndoClusterAct>()
        .AddScoped<IDemoPart, CustomersDemo>()
        .AddScoped<CustomerGroups>()
        .AddScoped<CompanyFamilies>()
        .AddScoped<RenewCustomerKeys>()
        .AddScoped<IBeforeServing>(services => services.GetRequiredService<RenewCustomerKeys>())
        .AddScoped<ISearchSource, CustomerSearch>();
}
