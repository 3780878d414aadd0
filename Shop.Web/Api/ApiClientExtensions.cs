using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Shop.Web.Account;

namespace Shop.Web.Api;

/// <summary>Typed clients of the other services.</summary>
internal static class ApiClientExtensions
{
    /// <summary>A client that asks in the reader's language.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="service">Whom it asks; null when it says so with each request.</param>
    public static IHttpClientBuilder AddApiClient<TClient>(this IHostApplicationBuilder builder, string? service) where TClient : class
    {
        builder.Services.TryAddTransient<LanguageHandler>();
        return builder.Services.AddHttpClient<TClient>(http => http.BaseAddress = service is null ? null : new Uri($"http://{service}"))
            .AddHttpMessageHandler<LanguageHandler>();
    }

    /// <summary>A client that asks in the name of the signed-in user too.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="service">Whom it asks; null when it says so with each request. It must be a service of the shop: it gets the user's token.</param>
    public static IHttpClientBuilder AddUserClient<TClient>(this IHostApplicationBuilder builder, string? service) where TClient : class
    {
        builder.Services.AddHttpContextAccessor();
        builder.Services.TryAddTransient<UserTokenHandler>();
        return builder.AddApiClient<TClient>(service).AddHttpMessageHandler<UserTokenHandler>();
    }

    internal sealed class LanguageHandler : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.AcceptLanguage.Add(new StringWithQualityHeaderValue(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName));
            return base.SendAsync(request, cancellationToken);
        }
    }

    private sealed class UserTokenHandler(IHttpContextAccessor accessor) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (accessor.HttpContext?.Features.Get<UserTokens>() is { } tokens)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.AccessToken);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
