namespace Microsoft.Extensions.Http.Resilience;

/// <summary>By what a pipeline's requests are kept apart; by nothing unless selected.</summary>
internal sealed class HttpPipelineKeyOptions
{
    public Func<IServiceProvider, Func<HttpRequestMessage, string>>? Selector { get; set; }
}
