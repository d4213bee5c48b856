using Platform.Jobs;
using Portal.Search;

namespace Portal.Customers;

/// <summary>End customers and the clusters they stand in.</summary>
static class CustomersFeature
{
    /// <summary>Registers acts and stores.</summary>
    public static IServiceCollection AddCustomers(this IServiceCollection services) => services
        .AddScoped<CustomerStore>()
        .AddScoped<CustomerLists>()
        .AddScoped<AddCustomers>()
        .AddScoped<EditCustomer>()
        .AddScheduledJob<RenewCustomerKeys>("0 2/5 * * * ?")
        .AddScoped<ISearchSource, CustomerSearch>();
}
