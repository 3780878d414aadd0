namespace Shop.Rig.Probe;

/// <summary>Where a service of nothing but the engine lives.</summary>
/// <param name="Database">The connection string.</param>
/// <param name="Broker">The AMQP address, with the virtual host.</param>
/// <param name="Settings">Its configuration in addition.</param>
public sealed record ProbePlace(string Database, string Broker, IReadOnlyDictionary<string, string?> Settings);
