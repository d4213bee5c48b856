using Portal.Web.Layout;

namespace Portal.Notifications;

/// <summary>What people are told.</summary>
static class NotificationsFeature
{
    public static IServiceCollection AddNotifications(this IServiceCollection services) => services
        .AddScoped<Notifier>()
        .AddScoped<Letters>()
        .AddScoped<Announcements>()
        .AddScoped<NotificationStore>()
        .AddSingleton(new TopBarPart(TopBarPlace.Ways, typeof(Bell)))
        .AddHostedService<ForgetReadNotifications>();
}
