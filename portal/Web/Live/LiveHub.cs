using Microsoft.AspNetCore.SignalR;

namespace Portal.Web.Live;

/// <summary>
/// The line to open pages. Nothing is asked over it and no data goes through it: it only says "something of this kind of yours changed",
/// and the page asks for its part anew, with all the checks of any request.
/// </summary>
sealed class LiveHub : Hub
{
    /// <summary>The address of the line.</summary>
    public const string Path = "/live";

    /// <summary>The message: something of the named kind changed.</summary>
    public const string Changed = "changed";

    /// <summary>The group of one person's pages.</summary>
    public static string GroupOf(long personId) => $"person {personId}";

    public override async Task OnConnectedAsync()
    {
        // The hub has a scope of its own; who is at work was found out by the request that opened the line.
        var me = Context.GetHttpContext()!.RequestServices.GetRequiredService<ICurrentPerson>();
        await Groups.AddToGroupAsync(Context.ConnectionId, GroupOf(me.PersonId));
        await base.OnConnectedAsync();
    }
}
