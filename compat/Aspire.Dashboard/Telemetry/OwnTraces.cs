using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace Aspire.Dashboard.Telemetry;

/// <summary>
/// Who watches leaves no traces: requests of the dashboard itself have trace ids that are known here, and what the services report under
/// them is not kept.
/// </summary>
internal sealed class OwnTraces
{
    private const int SpanSize = 8;

    private readonly ulong _mark = BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    public bool Contains(TraceId id) => (ulong)(id.Value >> 64) == _mark;

    /// <summary>A <c>traceparent</c> for a request.</summary>
    public string Next() => string.Create(CultureInfo.InvariantCulture, $"00-{_mark:x16}{RandomNumberGenerator.GetHexString(2 * SpanSize, true)}-{RandomNumberGenerator.GetHexString(2 * SpanSize, true)}-01");
}
