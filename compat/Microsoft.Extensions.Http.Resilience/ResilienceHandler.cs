using Polly;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Sends each request through a resilience pipeline.</summary>
/// <param name="pipelineProvider">Gives the pipeline for a request.</param>
public class ResilienceHandler(Func<HttpRequestMessage, ResiliencePipeline<HttpResponseMessage>> pipelineProvider)
    : DelegatingHandler
{
    /// <summary>Creates a handler with one pipeline for all requests.</summary>
    public ResilienceHandler(ResiliencePipeline<HttpResponseMessage> pipeline) : this(_ => pipeline)
    {
    }

    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);

        var pipeline = pipelineProvider(request);
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.SetRequestMessage(request);
        try
        {
            // Outcomes instead of exceptions inside the pipeline: a failed attempt then costs no rethrow per strategy.
            var outcome = await pipeline.ExecuteOutcomeAsync(
                static async (context, handler) =>
                {
                    try
                    {
                        var request = context.GetRequestMessage()!;
                        return Outcome.FromResult(await handler.SendCoreAsync(request, context.CancellationToken));
                    }
                    catch (Exception exception)
                    {
                        return Outcome.FromException<HttpResponseMessage>(exception);
                    }
                },
                context, this);
            outcome.ThrowIfException();
            return outcome.Result!;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private Task<HttpResponseMessage> SendCoreAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        base.SendAsync(request, cancellationToken);
}
