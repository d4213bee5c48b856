using Platform.Jobs;
using Portal.Customers;
using Portal.Demo;
using Portal.Orders;
using Portal.Start;
using Portal.Verify;

namespace Portal.Subscriptions;

/// <summary>Subscriptions: what is sold for a time, what runs for whom, and its next terms.</summary>
static class SubscriptionsFeature
{
    /// <summary>Registers stores, acts, the job and the check.</summary>
    public static IServiceCollection AddSubscriptions(this IServiceCollection services) => services
        .AddScoped<SubscriptionStore>()
        .AddScoped<ChangeSubscription>()
        .AddScoped<KeepProductTerms>()
        .AddScoped<OfferRenewals>()
        // After midnight of China and of Europe.
        .AddScheduledJob<OfferRenewals>("0 20 0,17 * * ?")
        .AddScoped<IOrderPart, SubscriptionsOfOrder>()
        .AddScoped<ICustomerPart, SubscriptionsOfCustomer>()
        .AddScoped<IWaitingSource, SubscriptionsWaiting>()
        .AddScoped<ICheck, SubscriptionsAreWhole>()
        .AddScoped<IDemoPart, SubscriptionsDemo>();
}
