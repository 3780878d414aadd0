using Aspire.Dashboard.Shared;
using Aspire.Dashboard.Telemetry;

namespace Aspire.Dashboard.Metrics;

/// <summary>A chart of the overview.</summary>
/// <param name="Name">Names its title, <c>card_{Name}</c> among the texts.</param>
/// <param name="Instrument">The instrument, of all services that have it.</param>
/// <param name="Reading">What is shown of it.</param>
internal sealed record OverviewCard(string Name, string Instrument, ChartReading Reading)
{
    /// <summary>The dimension whose values have lines of their own.</summary>
    public string? Split { get; init; }

    /// <summary>Only series whose dimension has this value.</summary>
    public (string Dimension, string Value)? Where { get; init; }

    /// <summary>No series whose dimension has a value that begins so.</summary>
    public IReadOnlyList<(string Dimension, string Begin)> Without { get; init; } = [];

    /// <summary>Shows the share that the series have in all whose dimension has a value that begins so.</summary>
    public (string Dimension, string Begin)? Share { get; init; }

    /// <summary>The line that the large number is about; else it is the first percentile, or all lines together.</summary>
    public string? Main { get; init; }

    /// <summary>The page of the instrument, with the same lines if it has them.</summary>
    public string Url(int minutes) => QueryText.Url(
        "/metrics/instruments", ("instrument", Instrument), ("range", minutes), ("show", Reading == ChartReading.Rate ? Reading : null),
        ("split", Share?.Dimension ?? Split), ($"d.{Where?.Dimension}", Where?.Value));
}

/// <summary>
/// What the shop's people look at first: one row for each chart. A dashboard of any application has no such page; of another than
/// the shop only those charts are shown that have values.
/// </summary>
internal static class Overview
{
    /// <summary>The meters of the shop begin so.</summary>
    public const string OwnMeters = "Shop.";

    public static readonly IReadOnlyList<OverviewCard> Cards =
    [
        new("orders", "shop.orders.status_changes", ChartReading.Rate) { Split = "status", Main = "confirmed" },
        new("confirmation", "shop.orders.duration", ChartReading.Percentiles) { Where = ("status", "confirmed") },
        new("turnover", "shop.orders.amount", ChartReading.Rate) { Where = ("status", "confirmed"), Split = "currency", Main = "RUB" },
        new("payments", "shop.payments.results", ChartReading.Rate) { Split = "result", Main = "captured" },
        new("reservations", "shop.catalog.reservations", ChartReading.Rate) { Split = "result", Main = "reserved" },
        new("notifications", "shop.notifications.deliveries", ChartReading.Rate) { Split = "result", Main = "sent" },
        new("cache", "shop.catalog.cache.lookups", ChartReading.Rate) { Share = ("result", "hit") },
        new("requests", "http.server.request.duration", ChartReading.Rate) { Split = Chart.ByService },
        new("outbox_pending", "shop.outbox.pending", ChartReading.Level) { Split = Chart.ByService },
        new("outbox_age", "shop.outbox.oldest_age", ChartReading.Level) { Split = Chart.ByService },
        new("outbox_parked", "shop.outbox.parked", ChartReading.Level) { Split = Chart.ByService },
        new("dead_letters", "shop.inbox.dead_letters", ChartReading.Level) { Split = Chart.ByService },
        new("outbox_delay", "shop.outbox.delay", ChartReading.Percentiles),
        new("inbox_duration", "shop.inbox.duration", ChartReading.Percentiles),
        // Web sockets and Telegram's long polls are open on purpose.
        new("request_time", "http.server.request.duration", ChartReading.Percentiles) { Without = [("http.response.status_code", "101"), ("http.route", "/bot")] },
        new("request_errors", "http.server.request.duration", ChartReading.Rate) { Share = ("http.response.status_code", "5") },
    ];

    /// <summary>The lines of a card; none when nobody has told of its instrument.</summary>
    public static ChartView? Read(OverviewCard card, InstrumentValues values, ChartTime time, string second, string minute)
    {
        if (values.Find(card.Instrument) is not { } info)
            return null;

        SeriesPoints[] all = [.. values.Read(info).Where(one => !card.Without.Any(without => Has(one, without)))];
        if (card.Where is { } where)
            all = Array.FindAll(all, one => Chart.ValueOf(one, where.Dimension) == where.Value);
        return card.Share is { } share
            ? new ChartView(Chart.Share(Array.FindAll(all, one => Has(one, share)), all, time), ChartUnit.Percent, time)
            : ChartView.Of(card.Reading, info, Chart.Lines(card.Reading, info, all, card.Split, time), time, second, minute);
    }

    /// <summary>The large number of a card, and the line it is about when it is one of several.</summary>
    public static (double? Value, string Line) Headline(OverviewCard card, ChartView view)
    {
        if (card.Main is { } main)
            return (view.Lines.FirstOrDefault(line => line.Name == main)?.Summary ?? 0, main);
        if (card.Reading == ChartReading.Percentiles)
            return (view.Lines[0].Summary, view.Lines[0].Name);
        var values = view.Lines.Select(line => line.Summary);
        return (card.Reading == ChartReading.Level && view.Unit.Unit == "s" ? values.Max() : values.Any(value => value is not null) ? values.Sum() : null, "");
    }

    private static bool Has(SeriesPoints series, (string Dimension, string Begin) wanted) =>
        Chart.ValueOf(series, wanted.Dimension).StartsWith(wanted.Begin, StringComparison.Ordinal);
}
