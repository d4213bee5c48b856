using Portal.Pricing;

namespace Portal.Configuring;

/// <summary>
/// Finds plans for so many people: free desks, desks of their own, rooms of their own, or rooms with desks beside them; and the cheapest way to the meeting hours. Chosen by the price of one piece, so that volume breaks
/// cannot make it look for ever; what each plan costs in the end is the price engine's. Reads and writes nothing.
/// </summary>
public static class ProposePlans
{
    /// <summary>The most people of one plan.</summary>
    public const int MostSeats = 5_000;

    /// <summary>The most months.</summary>
    public const int MostMonths = 120;

    /// <summary>The most meeting hours a month.</summary>
    public const int MostHours = 5_000;

    /// <summary>All plans that fit, in no order; products without a price and those sold for longer only are left out.</summary>
    public static IReadOnlyList<PlanProposal> For(PlanWish wish, IReadOnlyList<PlanProduct> products)
    {
        var sold = products.Where(product => product.UnitPrice is not null && product.IsSoldFor(wish.Months)).ToList();
        if (Hours(wish, sold) is not { } hours)
        {
            return [];
        }

        return [.. Seating(wish, sold).Select(seating => new PlanProposal(seating.Key, [.. Lines(seating.Parts.Concat(hours.Parts), wish.Months)], [.. seating.Reasons, .. hours.Reasons]))];
    }

    static IEnumerable<Part> Seating(PlanWish wish, List<PlanProduct> sold)
    {
        var free = Cheapest(sold, "hot_desk");
        var desk = Cheapest(sold, "desk");
        var rooms = sold.Where(product => product.Kind is "office").ToList();
        if (free is not null && wish.Style is PlanStyle.Any)
        {
            yield return new("free", [(free, wish.Seats)], [new("configuring.plan.why.free")]);
        }

        if (desk is not null && wish.Style is not PlanStyle.OwnRoom)
        {
            yield return new("desks", [(desk, wish.Seats)], [new("configuring.plan.why.desks", wish.Seats)]);
        }

        if (rooms.Count == 0)
        {
            yield break;
        }

        var own = Cover(wish.Seats, rooms);
        yield return new("rooms", own, [Rooms(own, wish.Seats)]);
        if (desk is not null && wish.Style is not PlanStyle.OwnRoom)
        {
            var mixed = Cover(wish.Seats, [.. rooms, desk]);
            if (mixed.Any(part => part.Product.Kind is "desk") && mixed.Any(part => part.Product.Kind is "office"))
            {
                var desks = mixed.Single(part => part.Product.Kind is "desk").Count;
                yield return new("mixed", mixed, [new("configuring.plan.why.mixed", wish.Seats - desks, desks)]);
            }
        }
    }

    static PlanReason Rooms(IReadOnlyList<(PlanProduct Product, int Count)> rooms, int seats)
    {
        var (count, there) = (rooms.Sum(room => room.Count), rooms.Sum(room => room.Count * room.Product.SeatsEach));
        return there == seats ? new("configuring.plan.why.rooms_full", count, there) : new("configuring.plan.why.rooms", count, there, there - seats);
    }

    // Packages as far as they pay, single hours for the rest; null where hours are wanted and nobody sells them.
    static Part? Hours(PlanWish wish, List<PlanProduct> sold)
    {
        if (wish.Hours == 0)
        {
            return new("", [], []);
        }

        var found = sold.Where(product => product.Kind is "package" or "hour").ToList();
        if (found.Count == 0)
        {
            return null;
        }

        var parts = Cover(wish.Hours, found);
        var (packages, there) = (parts.Where(part => part.Product.Kind is "package").Sum(part => part.Count), parts.Sum(part => part.Count * part.Product.HoursEach));
        PlanReason why = packages == 0 ? new("configuring.plan.why.by_the_hour", wish.Hours)
            : there > wish.Hours ? new("configuring.plan.why.package_with_rest", there, wish.Hours, there - wish.Hours)
            : new("configuring.plan.why.package", there);
        return new("", parts, [why]);
    }

    // The cheapest pieces that give at least so much; of equally cheap ones the fewest pieces. A product may be taken any number of times.
    static IReadOnlyList<(PlanProduct Product, int Count)> Cover(int wanted, IReadOnlyList<PlanProduct> products)
    {
        var best = new (decimal Cost, int Pieces, int Last)[wanted + 1];
        for (var need = 1; need <= wanted; need++)
        {
            best[need] = (decimal.MaxValue, int.MaxValue, -1);
            for (var at = 0; at < products.Count; at++)
            {
                var before = best[Math.Max(0, need - products[at].Gives)];
                var (cost, pieces) = (before.Cost + products[at].UnitPrice!.Value, before.Pieces + 1);
                if (cost < best[need].Cost || (cost == best[need].Cost && pieces < best[need].Pieces))
                {
                    best[need] = (cost, pieces, at);
                }
            }
        }

        var counts = new int[products.Count];
        for (var need = wanted; need > 0; need = Math.Max(0, need - products[best[need].Last].Gives))
        {
            counts[best[need].Last]++;
        }

        return [.. products.Zip(counts).Where(one => one.Second > 0)];
    }

    static PlanProduct? Cheapest(List<PlanProduct> sold, string kind) => sold.Where(product => product.Kind == kind).MinBy(product => product.UnitPrice);

    // A product that serves twice stands on one line.
    static IEnumerable<PlanLine> Lines(IEnumerable<(PlanProduct Product, int Count)> parts, int months) =>
        parts.GroupBy(part => part.Product).Select(same => new PlanLine(same.Key, same.Sum(part => part.Count), same.Sum(part => part.Count) * (same.Key.Terms is null ? months : 1)));

    sealed record Part(string Key, IReadOnlyList<(PlanProduct Product, int Count)> Parts, IReadOnlyList<PlanReason> Reasons);
}

/// <summary>How people want to sit.</summary>
public enum PlanStyle
{
    /// <summary>Any desk will do.</summary>
    Any,

    /// <summary>Everybody has a desk of their own.</summary>
    OwnDesk,

    /// <summary>They have rooms of their own.</summary>
    OwnRoom,
}

/// <summary>What a customer needs.</summary>
/// <param name="Seats">For how many people.</param>
/// <param name="Months">For how many months, counted from the day of the start.</param>
/// <param name="Hours">Meeting hours a month.</param>
/// <param name="Style">How they want to sit.</param>
public sealed record PlanWish(int Seats, int Months, int Hours, PlanStyle Style)
{
    /// <summary>The first day.</summary>
    public DateOnly Start { get; init; }

    /// <summary>The time of it.</summary>
    public Term Term => Term.Of(Start, Months);
}

/// <summary>A product of workspace plans with its price.</summary>
/// <param name="Sku">The product.</param>
/// <param name="Name">Its name.</param>
/// <param name="NameZh">Its name in Chinese.</param>
/// <param name="Kind">hot_desk, desk, office, hour or package.</param>
/// <param name="Seats">The seats of an office.</param>
/// <param name="Hours">The hours of a package.</param>
/// <param name="LeastMonths">Sold for no fewer months.</param>
public sealed record PlanProduct(string Sku, string Name, string NameZh, string Kind, int? Seats, int? Hours, int LeastMonths)
{
    /// <summary>What one costs a month; null where there is no price.</summary>
    public decimal? UnitPrice { get; init; }

    /// <summary>How it is sold by the term; null where its months are counted as pieces, such as hours.</summary>
    public ProductTerms? Terms { get; init; }

    /// <summary>It can be had for so many months.</summary>
    public bool IsSoldFor(int months) => LeastMonths <= months && (Terms?.Offers(months) ?? true);

    internal int SeatsEach => Seats ?? 1;

    internal int HoursEach => Hours ?? 1;

    internal int Gives => Kind is "package" or "hour" ? HoursEach : SeatsEach;
}

/// <summary>A plan that fits.</summary>
/// <param name="Key">free, desks, rooms or mixed.</param>
/// <param name="Lines">What it is made of.</param>
/// <param name="Reasons">Why, in words.</param>
public sealed record PlanProposal(string Key, IReadOnlyList<PlanLine> Lines, IReadOnlyList<PlanReason> Reasons);

/// <summary>A product of a plan.</summary>
/// <param name="Product">The product.</param>
/// <param name="Count">How many a month.</param>
/// <param name="Quantity">How many stand in a quote: pieces for what is sold by the term, else pieces times months.</param>
public sealed record PlanLine(PlanProduct Product, int Count, int Quantity);

/// <summary>Why a plan is as it is.</summary>
/// <param name="TextKey">The sentence.</param>
/// <param name="Arguments">Its numbers.</param>
public sealed record PlanReason(string TextKey, params IReadOnlyList<object> Arguments);
