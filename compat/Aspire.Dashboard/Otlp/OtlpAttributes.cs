using System.Globalization;
using System.Text.Json.Nodes;
using Aspire.Dashboard.Otlp.Protocol;
using Aspire.Dashboard.Telemetry;
using Google.Protobuf.Collections;

namespace Aspire.Dashboard.Otlp;

/// <summary>Reads what all signals share: attributes, within the limits, and who sent them.</summary>
internal sealed class OtlpAttributes(TelemetryLimits limits)
{
    private readonly StringPool _texts = new();

    public string Text(string text) => _texts.Get(text.Length > limits.MaxAttributeLength ? text[..limits.MaxAttributeLength] : text);

    public string Text(AnyValue? value) => Text(Format(value));

    /// <summary>The attributes, without those that the caller reads itself.</summary>
    public AttributeList Read(RepeatedField<KeyValue> attributes, params ReadOnlySpan<string> without)
    {
        if (attributes.Count == 0)
            return AttributeList.Empty;

        var items = new List<KeyValuePair<string, string>>(Math.Min(attributes.Count, limits.MaxAttributeCount));
        foreach (var attribute in attributes)
        {
            if (items.Count == limits.MaxAttributeCount)
                break;
            if (without.Contains(attribute.Key) || items.Exists(item => item.Key == attribute.Key))
                continue;
            items.Add(new(Text(attribute.Key), Text(attribute.Value)));
        }

        return new AttributeList([.. items]);
    }

    public TelemetryResource Read(Resource? resource)
    {
        var service = Find("service.name");
        return new TelemetryResource(service.Length > 0 ? service : "unknown_service", Find("service.instance.id"));

        string Find(string key) => resource?.Attributes.FirstOrDefault(attribute => attribute.Key == key) is { } found ? Text(found.Value) : "";
    }

    private static string Format(AnyValue? value) => value?.ValueCase switch
    {
        AnyValue.ValueOneofCase.StringValue => value.StringValue,
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue ? "true" : "false",
        AnyValue.ValueOneofCase.IntValue => value.IntValue.ToString(CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.DoubleValue => value.DoubleValue.ToString("R", CultureInfo.InvariantCulture),
        AnyValue.ValueOneofCase.BytesValue => value.BytesValue.ToBase64(),
        AnyValue.ValueOneofCase.ArrayValue or AnyValue.ValueOneofCase.KvlistValue => Json(value)!.ToJsonString(),
        AnyValue.ValueOneofCase.None or null => "",
    };

    // The parser has refused what nests too deep.
    private static JsonNode? Json(AnyValue? value) => value?.ValueCase switch
    {
        AnyValue.ValueOneofCase.ArrayValue => new JsonArray([.. value.ArrayValue.Values.Select(Json)]),
        AnyValue.ValueOneofCase.KvlistValue => new JsonObject(value.KvlistValue.Values.DistinctBy(item => item.Key).Select(item => KeyValuePair.Create(item.Key, Json(item.Value)))),
        AnyValue.ValueOneofCase.BoolValue => JsonValue.Create(value.BoolValue),
        AnyValue.ValueOneofCase.IntValue => JsonValue.Create(value.IntValue),
        _ => JsonValue.Create(Format(value)),
    };
}
