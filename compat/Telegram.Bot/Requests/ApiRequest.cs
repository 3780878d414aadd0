using System.Net.Http.Json;
using Telegram.Bot.Requests.Abstractions;
using Telegram.Bot.Serialization;

namespace Telegram.Bot.Requests;

/// <summary>A call whose parameters are the properties of an object.</summary>
internal sealed class ApiRequest<TResponse>(string methodName, object parameters) : IRequest<TResponse>
{
    public HttpMethod HttpMethod => HttpMethod.Post;

    public string MethodName => methodName;

    public HttpContent ToHttpContent() => JsonContent.Create(parameters, parameters.GetType(), options: JsonBotAPI.Options);
}
