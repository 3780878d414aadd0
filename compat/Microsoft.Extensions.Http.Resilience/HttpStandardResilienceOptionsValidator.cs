using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>The timeouts of the standard pipeline must fit into each other.</summary>
internal sealed class HttpStandardResilienceOptionsValidator : IValidateOptions<HttpStandardResilienceOptions>
{
    public ValidateOptionsResult Validate(string? name, HttpStandardResilienceOptions options)
    {
        var failures = new List<string>();
        if (options.AttemptTimeout.Timeout > options.TotalRequestTimeout.Timeout)
        {
            failures.Add($"Total request timeout resilience strategy must have a greater timeout than the attempt resilience strategy. Total Request Timeout: {options.TotalRequestTimeout.Timeout}, Attempt Timeout: {options.AttemptTimeout.Timeout}");
        }

        if (options.CircuitBreaker.SamplingDuration < options.AttemptTimeout.Timeout * 2)
        {
            failures.Add($"The sampling duration of circuit breaker strategy needs to be at least double of an attempt timeout strategy's timeout interval, in order to be effective. Sampling Duration: {options.CircuitBreaker.SamplingDuration}, Attempt Timeout: {options.AttemptTimeout.Timeout}");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
