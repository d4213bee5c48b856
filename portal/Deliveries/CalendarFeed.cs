using System.Globalization;
using Ical.Net.CalendarComponents;
using Ical.Net.DataTypes;
using Ical.Net.Serialization;
using Platform.Texts;

namespace Portal.Deliveries;

/// <summary>The calendar as a file that Outlook, Google and a telephone read (RFC 5545): a whole-day event for each order and day.</summary>
public static class CalendarFeed
{
    /// <summary>The media type.</summary>
    public const string ContentType = "text/calendar; charset=utf-8";

    /// <summary>Writes it.</summary>
    /// <param name="name">What the calendar is called.</param>
    /// <param name="orders">What is due.</param>
    /// <param name="home">The portal's address, for the links.</param>
    /// <param name="now">When it is written.</param>
    /// <param name="t">The reader's language.</param>
    public static string Write(string name, IEnumerable<DueOrder> orders, string home, DateTimeOffset now, Texts t)
    {
        var calendar = new Ical.Net.Calendar { ProductId = "-//PartnerPortal//Deliveries//EN", Method = "PUBLISH" };
        calendar.AddProperty("X-WR-CALNAME", name);
        calendar.Events.AddRange(orders.Select(order => Event(order, home, now, t)));
        return new CalendarSerializer().SerializeToString(calendar) ?? throw new InvalidOperationException("A calendar can always be written.");
    }

    static CalendarEvent Event(DueOrder order, string home, DateTimeOffset now, Texts t) => new()
    {
        // The same order and day is the same event, however often it is fetched: a calendar that subscribes changes it in place.
        Uid = string.Create(CultureInfo.InvariantCulture, $"{order.Number}-{order.Day:yyyyMMdd}@{new Uri(home).Host}"),
        DtStamp = new CalDateTime(now.UtcDateTime, "UTC"),
        Start = new CalDateTime(order.Day),
        End = new CalDateTime(order.Day.AddDays(1)),
        Summary = t[order.IsLate ? "deliveries.event_late" : "deliveries.event", order.PartnerName ?? "–", order.Number, order.Open > 0 ? order.Open : order.Pieces],
        Description = t["deliveries.event_text", order.PoNumber ?? "–", order.Lines, order.Pieces, order.Open],
        Location = order.Place,
        Url = new Uri($"{home}/orders/{order.Number}"),
        Transparency = Ical.Net.TransparencyType.Transparent,
    };
}
