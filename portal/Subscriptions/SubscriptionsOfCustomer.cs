using Portal.Customers;

namespace Portal.Subscriptions;

/// <summary>What a customer has for a time, on the customer's page; for the brand what the same company has of all partners.</summary>
sealed class SubscriptionsOfCustomer(SubscriptionStore subscriptions) : ICustomerPart
{
    public async Task<ShownPart> ShowAsync(Customer customer, CancellationToken ct) => new("/Subscriptions/_SubscriptionsOfCustomer.cshtml", await subscriptions.OfCustomerAsync(customer.CustomerClusterId, ct));
}
