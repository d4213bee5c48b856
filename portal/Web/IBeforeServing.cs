namespace Portal.Web;

/// <summary>What has to be done to stored data after an upgrade before anybody is served, beyond what SQL can do. A feature registers its own; it is quick where nothing is left to do.</summary>
public interface IBeforeServing
{
    /// <summary>Does it, as the product itself; several instances that start at once share the work.</summary>
    Task PrepareAsync(CancellationToken ct);
}
