using Microsoft.AspNetCore.Mvc;

namespace Portal.Notifications;

/// <summary>The bell in the top bar, with the number of unread notifications.</summary>
public sealed class Bell(NotificationStore notifications) : ViewComponent
{
    /// <summary>Shows it.</summary>
    public async Task<IViewComponentResult> InvokeAsync() =>
        View("/Notifications/_Bell.cshtml", await notifications.CountUnreadAsync(HttpContext.RequestAborted));
}
