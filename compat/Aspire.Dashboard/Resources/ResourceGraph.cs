using Aspire.ResourceService;

namespace Aspire.Dashboard.Resources;

/// <summary>The resources with their relations, laid out: who needs nobody is at the bottom.</summary>
internal sealed class ResourceGraph
{
    public const int NodeWidth = 168;
    public const int NodeHeight = 46;
    private const int ColumnGap = 36;
    private const int RowGap = 74;
    private const int Margin = 12;
    private const int MaxSweeps = 8;

    public ResourceGraph(IReadOnlyList<ResourceState> resources)
    {
        var visible = resources.Where(resource => !resource.IsParameter()).DistinctBy(resource => resource.Name).ToDictionary(resource => resource.Name);
        var all = resources.GroupBy(resource => resource.Name).ToDictionary(copies => copies.Key, copies => copies.First());
        var needs = visible.Keys.ToDictionary(name => name, name => Needs(all, visible.Keys, name));
        var layers = Layers(needs);
        Order(layers, needs);

        Width = (2 * Margin) + layers.Max(layer => (layer.Count * (NodeWidth + ColumnGap)) - ColumnGap);
        Height = (2 * Margin) + (layers.Count * (NodeHeight + RowGap)) - RowGap;
        var places = new Dictionary<string, GraphNode>();
        for (var i = 0; i < layers.Count; i++)
        {
            var left = (Width - ((layers[i].Count * (NodeWidth + ColumnGap)) - ColumnGap)) / 2;
            for (var j = 0; j < layers[i].Count; j++)
            {
                var name = layers[i][j];
                places[name] = new GraphNode(
                    visible[name], [.. resources.Where(resource => resource.Name == name)], left + (j * (NodeWidth + ColumnGap)), Margin + ((layers.Count - 1 - i) * (NodeHeight + RowGap)));
            }
        }

        Nodes = [.. places.Values];
        Edges = [.. needs.SelectMany(need => need.Value.Select(other => new GraphEdge(places[need.Key], places[other.Key], other.Value)))];
    }

    public IReadOnlyList<GraphNode> Nodes { get; }

    public IReadOnlyList<GraphEdge> Edges { get; }

    public int Width { get; }

    public int Height { get; }

    /// <summary>What a resource refers to or waits for, straight or through parameters and connection strings; and whether it waits.</summary>
    private static Dictionary<string, bool> Needs(Dictionary<string, ResourceState> all, IReadOnlyCollection<string> visible, string name)
    {
        var found = new Dictionary<string, bool>();
        var seen = new HashSet<string> { name };
        var open = new Queue<(string Name, bool Waits)>([(name, false)]);
        while (open.TryDequeue(out var next))
        {
            foreach (var relation in all[next.Name].Relations.Where(relation => all.ContainsKey(relation.Resource)))
            {
                var waits = next.Waits || relation.Type == "WaitFor";
                if (visible.Contains(relation.Resource) && relation.Resource != name)
                    found[relation.Resource] = waits || found.GetValueOrDefault(relation.Resource);
                else if (seen.Add(relation.Resource))
                    open.Enqueue((relation.Resource, waits));
            }
        }

        return found;
    }

    /// <summary>Each a layer above the highest that it needs; a circle is cut where it closes.</summary>
    private static List<List<string>> Layers(Dictionary<string, Dictionary<string, bool>> needs)
    {
        var layer = new Dictionary<string, int>();
        foreach (var name in needs.Keys.Order(StringComparer.Ordinal))
            Place(name, []);
        var layers = Enumerable.Range(0, layer.Values.DefaultIfEmpty().Max() + 1).Select(_ => new List<string>()).ToList();
        foreach (var (name, level) in layer.OrderBy(place => place.Key, StringComparer.Ordinal))
            layers[level].Add(name);
        return layers;

        int Place(string name, HashSet<string> above)
        {
            if (layer.TryGetValue(name, out var known))
                return known;
            if (!above.Add(name))
                return 0;

            var level = needs[name].Keys.Order(StringComparer.Ordinal).Select(other => Place(other, above) + 1).DefaultIfEmpty(0).Max();
            above.Remove(name);
            return layer[name] = level;
        }
    }

    /// <summary>Puts each near the middle of what it is connected with, so that few lines cross.</summary>
    private static void Order(List<List<string>> layers, Dictionary<string, Dictionary<string, bool>> needs)
    {
        var neighbours = needs.Keys.ToDictionary(
            name => name, name => needs[name].Keys.Concat(needs.Where(need => need.Value.ContainsKey(name)).Select(need => need.Key)).ToArray());
        var position = layers.SelectMany(layer => layer.Select((name, index) => (name, At: (index + 0.5) / layer.Count))).ToDictionary(place => place.name, place => place.At);
        for (var sweep = 0; sweep < MaxSweeps; sweep++)
        {
            foreach (var layer in layers)
            {
                var sorted = layer.OrderBy(name => neighbours[name].Length == 0 ? position[name] : neighbours[name].Average(other => position[other])).ToArray();
                layer.Clear();
                layer.AddRange(sorted);
                for (var i = 0; i < sorted.Length; i++)
                    position[sorted[i]] = (i + 0.5) / sorted.Length;
            }
        }
    }
}

/// <param name="Resource">The resource.</param>
/// <param name="Copies">All its copies.</param>
/// <param name="X">The left side.</param>
/// <param name="Y">The upper side.</param>
internal sealed record GraphNode(ResourceState Resource, IReadOnlyList<ResourceState> Copies, int X, int Y);

/// <param name="From">Who needs.</param>
/// <param name="To">What is needed.</param>
/// <param name="Waits">Whether it is waited for as well.</param>
internal sealed record GraphEdge(GraphNode From, GraphNode To, bool Waits);
