using Google.Protobuf;

namespace Aspire.Dashboard.Otlp;

/// <summary>Takes over what one kind of request carries.</summary>
internal interface IOtlpSignal<in TRequest, out TResponse>
    where TRequest : IMessage<TRequest>
    where TResponse : IMessage<TResponse>
{
    /// <returns>How much was refused, and why.</returns>
    TResponse Take(TRequest request);
}
