using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Polly.CircuitBreaker;
using Shop.ServiceDefaults.Errors;

namespace Shop.Tests.Unit.ServiceDefaults;

public sealed class ExceptionProblemTests
{
    public static TheoryData<Exception, int> Exceptions => new()
    {
        { new BrokenCircuitException("open"), StatusCodes.Status503ServiceUnavailable },
        { new TaskCanceledException("slow", new TimeoutException()), StatusCodes.Status503ServiceUnavailable },
        { new InvalidOperationException("no key set", new HttpRequestException("auth is away")), StatusCodes.Status503ServiceUnavailable },
        { new ObjectDisposedException("System.Threading.ManualResetEventSlim"), StatusCodes.Status503ServiceUnavailable },
        { new InvalidOperationException("a secret"), StatusCodes.Status500InternalServerError },
    };

    [Theory]
    [MemberData(nameof(Exceptions), DisableDiscoveryEnumeration = true)]
    public async Task What_another_service_could_not_do_is_503_and_a_fault_of_ours_500(Exception exception, int status)
    {
        await using var services = new ServiceCollection().AddLogging().AddProblemDetails().BuildServiceProvider();
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = services, Response = { Body = body } };
        var handler = new ExceptionProblemHandler(services.GetRequiredService<IProblemDetailsService>(), NullLogger<ExceptionProblemHandler>.Instance);

        Assert.True(await handler.TryHandleAsync(context, exception, default));

        Assert.Equal(status, context.Response.StatusCode);
        Assert.Equal(status == StatusCodes.Status503ServiceUnavailable, context.Response.Headers.RetryAfter.Count > 0);
        Assert.DoesNotContain(exception.Message, System.Text.Encoding.UTF8.GetString(body.ToArray()), StringComparison.Ordinal);
    }
}
