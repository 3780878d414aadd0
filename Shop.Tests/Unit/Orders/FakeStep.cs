using Shop.Orders.Orders.Orchestration;

namespace Shop.Tests.Unit.Orders;

/// <summary>A step that writes down when it is taken and when it is undone.</summary>
internal sealed class FakeStep(string name, List<string> log, Func<CancellationToken, Task> execute, Exception? compensationFailure = null)
    : IOrderSagaStep
{
    public Task ExecuteAsync(OrderSaga saga, CancellationToken cancellationToken)
    {
        log.Add(name);
        return execute(cancellationToken);
    }

    public Task CompensateAsync(OrderSaga saga, string reason, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        log.Add($"undo {name}: {reason}");
        return compensationFailure is null ? Task.CompletedTask : Task.FromException(compensationFailure);
    }
}
