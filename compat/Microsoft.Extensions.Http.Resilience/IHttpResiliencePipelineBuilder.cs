using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>A pipeline that was added to an HTTP client.</summary>
public interface IHttpResiliencePipelineBuilder
{
    /// <summary>The pipeline's name: the client's, a dash, and the name given.</summary>
    string PipelineName { get; }

    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }
}
