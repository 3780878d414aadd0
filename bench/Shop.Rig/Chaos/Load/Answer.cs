using System.Text.Json.Nodes;

namespace Shop.Rig.Chaos.Load;

/// <summary>An answer that counts: no failure of the moment.</summary>
internal sealed record Answer(int Status, string Body)
{
    /// <summary>When it came, UTC.</summary>
    public DateTime At { get; init; }

    /// <summary>Whether the shop says that it is what it answered before.</summary>
    public bool IsReplay { get; init; }

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The body; an empty object when there is none.</summary>
    public JsonNode Json => (Body.Length == 0 ? null : JsonNode.Parse(Body)) ?? new JsonObject();

    /// <summary>What it is about.</summary>
    public Guid? Id => Json is JsonObject body && Guid.TryParse((string?)body["id"], out var id) ? id : null;
}
