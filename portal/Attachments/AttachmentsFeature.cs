using Platform.Jobs;
using Portal.Deals;
using Portal.Demo;
using Portal.Disputes;
using Portal.Orders;

namespace Portal.Attachments;

/// <summary>Files on deals, disputes and orders.</summary>
static class AttachmentsFeature
{
    /// <summary>Registers act, store and the parts of pages.</summary>
    public static IServiceCollection AddAttachments(this IServiceCollection services) => services
        .AddScheduledJob<ForgetKeptFiles>("0 50 * * * ?")
        .AddScoped<KeptFiles>()
        .AddScoped<AttachmentStore>()
        .AddScoped<IDemoPart, AttachmentsDemo>()
        .AddScoped<AttachFiles>()
        .AddScoped<IDealPart, AttachmentsOfDeal>()
        .AddScoped<IOrderPart, AttachmentsOfOrder>()
        .AddScoped<IDisputePart, AttachmentsOfDispute>();
}
