using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Options;
using Shop.ServiceDefaults.Security;
using Shop.Tests.Support;

namespace Shop.Tests.Unit.ServiceDefaults;

public sealed class ServiceTokenTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly AuthStub _auth = new();
    private readonly ServiceStub _service = new();
    private readonly ServiceTokenSource _tokens;
    private readonly HttpClient _client;

    public ServiceTokenTests()
    {
        _tokens = new ServiceTokenSource(
            () => new HttpClient(_auth, disposeHandler: false) { BaseAddress = new Uri("http://auth") },
            Options.Create(new ServiceAuthOptions { ClientId = "orders", ClientSecret = "secret" }), _time);
        _client = new HttpClient(new ServiceTokenHandler(_tokens) { InnerHandler = _service }) { BaseAddress = new Uri("http://catalog") };
    }

    [Fact]
    public async Task A_token_that_is_refused_is_renewed_and_the_request_sent_again_with_its_body()
    {
        await _client.PostAsJsonAsync("/reservations", "first");
        _time.Advance(TimeSpan.FromMinutes(1));
        _service.Accepted = "token 2";

        using var response = await _client.PostAsJsonAsync("/reservations", "second");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["\"first\"", "\"second\"", "\"second\""], _service.Bodies);
        Assert.Equal(2, _auth.Issued);
    }

    [Fact]
    public async Task A_fresh_token_that_is_refused_is_not_renewed_for_every_request()
    {
        _service.Accepted = "none";
        for (var request = 0; request < 5; request++)
        {
            using var response = await _client.GetAsync("/products");
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }

        Assert.Equal(1, _auth.Issued);
        Assert.Equal(5, _service.Bodies.Count);
    }

    public void Dispose()
    {
        _client.Dispose();
        _tokens.Dispose();
        _auth.Dispose();
    }

    private sealed class AuthStub : HttpMessageHandler
    {
        public int Issued { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = JsonContent.Create(new { access_token = $"token {++Issued}", expires_in = 3600 }),
            });
    }

    private sealed class ServiceStub : HttpMessageHandler
    {
        public string Accepted { get; set; } = "token 1";

        public List<string> Bodies { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Bodies.Add(request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken));
            return new HttpResponseMessage(request.Headers.Authorization?.Parameter == Accepted ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);
        }
    }
}
