using Aspire.ResourceService;

namespace Aspire.Dashboard.Resources;

/// <summary>
/// The resources with their relations, laid out in layers: who needs nobody is at the bottom. A line that passes a layer has a
/// lane of its own there, between the resources; lines to the same resource share it.
/// </summary>
internal sealed class ResourceGraph
{
    public const int NodeHeight = 46;
    private const int LeastWidth = 116;
    private const double LetterWidth = 8.2; // Of the name, in the style's font.
    private const int AroundName = 46;
    private const int LaneWidth = 6;
    private const int Gap = 22;
    private const int RowGap = 66;
    private const int Margin = 12;
    private const int Sweeps = 12;

    private readonly IReadOnlyList<ResourceState> _resources;
    private readonly Dictionary<string, Dictionary<string, bool>> _needs;

    public ResourceGraph(IReadOnlyList<ResourceState> resources)
    {
        _resources = resources;
        var visible = resources.Where(resource => !resource.IsParameter()).DistinctBy(resource => resource.Name).ToDictionary(resource => resource.Name);
        var all = resources.GroupBy(resource => resource.Name).ToDictionary(copies => copies.Key, copies => copies.First());
        _needs = visible.Keys.ToDictionary(name => name, name => Needs(all, visible.Keys, name));

        var layers = Layers(_needs);
        var layerOf = layers.SelectMany((layer, index) => layer.Select(name => (name, index))).ToDictionary(place => place.name, place => place.index);
        var rows = layers.Select(layer => layer.Select(name => new Place(name, Math.Max(LeastWidth, (int)(visible[name].Name.Length * LetterWidth) + AroundName))).ToList()).ToList();
        var placeOf = rows.SelectMany(row => row).ToDictionary(place => place.Key);
        var ways = _needs.SelectMany(need => need.Value.Select(other => (From: need.Key, To: other.Key, Waits: other.Value))).Select(edge => (edge.From, edge.To, edge.Waits, Way: Way(edge.From, edge.To, edge.Waits))).ToArray();
        Arrange(rows);

        var left = rows.SelectMany(row => row).Min(place => place.Center - (place.Width / 2));
        Width = (int)rows.SelectMany(row => row).Max(place => place.Center + (place.Width / 2) - left) + (2 * Margin);
        Height = (2 * Margin) + (rows.Count * (NodeHeight + RowGap)) - RowGap;
        Nodes = [.. layerOf.Select(layer => new GraphNode(
            visible[layer.Key], [.. _resources.Where(resource => resource.Name == layer.Key)],
            X(placeOf[layer.Key]) - (placeOf[layer.Key].Width / 2), Top(layer.Value), placeOf[layer.Key].Width))];
        var nodeOf = Nodes.ToDictionary(node => node.Resource.Name);
        Edges = [.. ways.Select(way => new GraphEdge(nodeOf[way.From], nodeOf[way.To], way.Waits, [.. way.Way.Select(lane => (X(lane.Place), Top(lane.Layer)))]))];

        int X(Place place) => (int)(place.Center - left) + Margin;

        int Top(int layer) => Margin + ((rows.Count - 1 - layer) * (NodeHeight + RowGap));

        // The lanes from one to the other, from the top; they are made where they are not there yet.
        List<(Place Place, int Layer)> Way(string from, string to, bool waits)
        {
            var lanes = new List<(Place, int)>();
            var above = placeOf[from];
            for (var layer = layerOf[from] - 1; layer > layerOf[to]; layer--)
            {
                var key = $"{to} {waits} {layer}";
                if (!placeOf.TryGetValue(key, out var lane))
                    rows[layer].Add(placeOf[key] = lane = new Place(key, LaneWidth));
                Connect(above, lane);
                lanes.Add((lane, layer));
                above = lane;
            }

            if (layerOf[from] > layerOf[to])
                Connect(above, placeOf[to]);
            return lanes;
        }
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

        // Who needs a database needs its server; one line says so.
        foreach (var parent in found.Keys.SelectMany(other => all[other].Relations).Where(relation => relation.Type == "Parent").Select(relation => relation.Resource).ToArray())
            found.Remove(parent);
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

    private static void Connect(Place above, Place below)
    {
        above.Below.Add(below);
        below.Above.Add(above);
    }

    /// <summary>Puts each near the middle of what it is connected with: first in order, so that few lines cross, then in place, so that they are straight.</summary>
    private static void Arrange(List<List<Place>> rows)
    {
        foreach (var row in rows)
            Spread(row, _ => 0);
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            var down = sweep % 2 == 0;
            var orders = sweep < Sweeps / 2;
            foreach (var row in down ? rows.AsEnumerable().Reverse() : rows)
            {
                if (orders)
                {
                    var sorted = row.OrderBy(place => Wanted(place, down)).ToArray();
                    row.Clear();
                    row.AddRange(sorted);
                }

                Spread(row, place => Wanted(place, down));
            }
        }

        static double Wanted(Place place, bool down)
        {
            var others = down ? place.Above : place.Below;
            return others.Count == 0 ? place.Center : others.Average(other => other.Center);
        }
    }

    /// <summary>Gives each the centre it wants, as nearly as their order and widths allow: who would overlap moves as one block.</summary>
    private static void Spread(List<Place> row, Func<Place, double> wanted)
    {
        var blocks = new Stack<(double Sum, int Count)>();
        var offsets = new double[row.Count];
        for (var i = 0; i < row.Count; i++)
        {
            offsets[i] = i == 0 ? 0 : offsets[i - 1] + ((row[i - 1].Width + row[i].Width) / 2.0) + Gap;
            var block = (Sum: wanted(row[i]) - offsets[i], Count: 1);
            while (blocks.TryPeek(out var before) && before.Sum / before.Count > block.Sum / block.Count)
            {
                blocks.Pop();
                block = (before.Sum + block.Sum, before.Count + block.Count);
            }

            blocks.Push(block);
        }

        var at = row.Count;
        foreach (var (sum, count) in blocks)
        {
            for (var i = 0; i < count; i++)
            {
                at--;
                row[at].Center = (sum / count) + offsets[at];
            }
        }
    }

    /// <summary>A place in a layer: of a resource, or of lines that pass.</summary>
    private sealed class Place(string key, int width)
    {
        public string Key => key;

        public int Width => width;

        public double Center { get; set; }

        public HashSet<Place> Above { get; } = [];

        public HashSet<Place> Below { get; } = [];
    }
}

/// <param name="Resource">The resource.</param>
/// <param name="Copies">All its copies.</param>
/// <param name="X">The left side.</param>
/// <param name="Y">The upper side.</param>
/// <param name="Width">As its name needs.</param>
internal sealed record GraphNode(ResourceState Resource, IReadOnlyList<ResourceState> Copies, int X, int Y, int Width)
{
    public int Center => X + (Width / 2);
}

/// <param name="From">Who needs.</param>
/// <param name="To">Who is needed.</param>
/// <param name="Waits">Whether the start waits for it.</param>
/// <param name="Lanes">Where the line passes layers in between: the middle and the upper side.</param>
internal sealed record GraphEdge(GraphNode From, GraphNode To, bool Waits, IReadOnlyList<(int X, int Top)> Lanes);
