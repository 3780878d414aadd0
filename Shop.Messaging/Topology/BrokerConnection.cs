using RabbitMQ.Client;

namespace Shop.Messaging.Topology;

/// <summary>
/// A connection to RabbitMQ that is opened when it is first needed, and again when it was lost or the broker closed it for
/// good. Whoever needs it waits between attempts: the relay and the consumers back off.
/// </summary>
internal sealed class BrokerConnection(IConnectionFactory factory, string name) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private IConnection? _connection;

    /// <summary>The open connection.</summary>
    /// <exception cref="RabbitMQ.Client.Exceptions.BrokerUnreachableException">The broker is not there.</exception>
    public async Task<IConnection> GetAsync(CancellationToken cancellationToken)
    {
        if (_connection is { IsOpen: true } open)
            return open;

        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_connection is { IsOpen: true } opened)
                return opened;
            await CloseAsync();
            return _connection = await factory.CreateConnectionAsync(name, cancellationToken);
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task CloseAsync()
    {
        if (_connection is not { } connection)
            return;
        _connection = null;
        await connection.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        _opening.Dispose();
    }
}
