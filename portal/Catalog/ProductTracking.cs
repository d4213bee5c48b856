using Npgsql;
using Platform.Database;
using Platform.Web;

namespace Portal.Catalog;

/// <summary>When a product may begin or end to be tracked by lot or serial number (docs/decisions/0055). The database holds the same; this says it to people.</summary>
static class ProductTracking
{
    /// <summary>What speaks against it; null where nothing does.</summary>
    public static FieldProblem? Problem(Product before, string tracking, bool holdsUnnamed, (long Pieces, long Places, string Kind) stock) =>
        tracking is not "none" && stock.Kind is not "none" && stock.Kind != tracking ? new(nameof(ProductFacts.Tracking), "catalog.refused.tracking_kind")
        : stock.Pieces == 0 ? null
        : before.Tracking is not "none" ? new(nameof(ProductFacts.Tracking), "catalog.refused.tracking_stays", stock.Pieces, stock.Places)
        : holdsUnnamed ? null
        : new(nameof(ProductFacts.Tracking), "catalog.refused.tracking_in_stock", stock.Pieces, stock.Places);

    /// <summary>The same, where goods came between the look and the change.</summary>
    public static FieldProblem? Refused(PostgresException refused) =>
        refused.Violates("a_product_keeps_its_kind_of_tracking") ? new(nameof(ProductFacts.Tracking), "catalog.refused.tracking_kind")
        : refused.Violates("tracking_ends_without_stock") || refused.Violates("tracking_begins_once") || refused.Violates("tracked_stock_has_lots") ? new(nameof(ProductFacts.Tracking), "catalog.refused.tracking_moved")
        : null;
}
