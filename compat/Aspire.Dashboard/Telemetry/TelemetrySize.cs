namespace Aspire.Dashboard.Telemetry;

/// <summary>
/// Estimates how many bytes of memory telemetry takes: its texts, and what holds them. A text that is shared counts each time:
/// whether it is, who sends it decides.
/// </summary>
internal static class TelemetrySize
{
    private const int Record = 256; // With its place in the store.
    private const int Part = 64;
    private const int Pair = 16;
    private const int Text = 24;

    public static int Of(LogRecord record) =>
        Record + Of(record.Resource) + Of(record.Category) + Of(record.Message) + Of(record.Attributes);

    public static int Of(Span span) =>
        Record + Of(span.Resource) + Of(span.Source) + Of(span.Name) + Of(span.StatusMessage) + Of(span.Attributes)
        + span.Events.Sum(happened => Part + Of(happened.Name) + Of(happened.Attributes))
        + span.Links.Sum(link => Part + Of(link.Attributes));

    private static int Of(TelemetryResource resource) => Of(resource.Service) + Of(resource.Instance);

    private static int Of(AttributeList attributes)
    {
        var size = 0;
        for (var i = 0; i < attributes.Count; i++)
            size += Pair + Of(attributes[i].Key) + Of(attributes[i].Value);
        return size;
    }

    private static int Of(string text) => text.Length == 0 ? 0 : Text + (text.Length * sizeof(char));
}
