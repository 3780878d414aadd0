using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;
using Shop.Tests.Support;

namespace Shop.Tests.Integration.Auth;

/// <summary>Every endpoint of auth, over HTTP.</summary>
[Collection(ShopGroup.Name)]
public sealed class AuthApiTests(ShopFixture shop)
{
    private const string Password = "Correct-horse-3-battery";

    [Fact]
    public async Task Signing_up_answers_with_tokens_and_tells_the_other_services()
    {
        var email = NewEmail();
        using var auth = shop.CreateClient("auth");

        using var response = await auth.PostAsJsonAsync("/auth/register", new { email = $" {email.ToUpperInvariant()} ", password = Password, name = "Ann" });
        var tokens = await ShopFixture.ReadAsync(response);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("bearer", (string?)tokens["token_type"]);
        Assert.Equal(900, (int)tokens["expires_in"]!);
        Assert.True(response.Headers.CacheControl?.NoStore);

        using var mine = shop.CreateClient("auth", (string)tokens["access_token"]!);
        var me = await mine.GetFromJsonAsync<JsonObject>("/auth/verify");
        Assert.Equal(email, (string?)me!["email"]);
        Assert.Equal(["customer"], me["roles"]!.AsArray().Select(role => (string?)role));
        Assert.Empty(me["permissions"]!.AsArray());

        using var payments = shop.CreateClient("payments", (string)tokens["access_token"]!);
        await Eventually.HoldsAsync(
            async () => (await payments.GetAsync(new Uri("/accounts/balance", UriKind.Relative))).IsSuccessStatusCode,
            "payments opened a wallet for the new user");
    }

    [Fact]
    public async Task Signing_up_again_with_the_same_key_gives_the_same_account_and_tokens()
    {
        var email = NewEmail();
        using var auth = shop.CreateClient("auth");
        auth.DefaultRequestHeaders.Add("Idempotency-Key", Guid.NewGuid().ToString());

        using var first = await auth.PostAsJsonAsync("/auth/register", new { email, password = Password });
        using var again = await auth.PostAsJsonAsync("/auth/register", new { email, password = Password });
        using var other = await auth.PostAsJsonAsync("/auth/register", new { email = NewEmail(), password = Password });

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, again.StatusCode));
        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        Assert.True(again.Headers.CacheControl?.NoStore);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
        Assert.Equal("idempotency_key_reused", (string?)(await ShopFixture.ReadAsync(other))["code"]);
    }

    [Fact]
    public async Task A_refused_sign_up_is_refused_again_with_the_same_key()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var auth = shop.CreateClient("auth");
        auth.DefaultRequestHeaders.Add("Idempotency-Key", Guid.NewGuid().ToString());
        for (var attempt = 0; attempt < 2; attempt++)
        {
            using var response = await auth.PostAsJsonAsync("/auth/register", new { email = buyer.Email, password = Password });
            Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        }
    }

    [Theory]
    [InlineData("""{"email":"no address","password":"Correct-horse-3-battery"}""", "email")]
    [InlineData("""{"email":"ann@example.com","password":"short"}""", "password")]
    [InlineData("""{"email":"ann@example.com","password":"password123"}""", "password")]
    [InlineData("""{"password":"Correct-horse-3-battery"}""", "email")]
    public async Task Signing_up_with_a_bad_field_names_it(string body, string field)
    {
        using var auth = shop.CreateClient("auth");
        using var response = await PostAsync(auth, "/auth/register", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.NotNull((await ShopFixture.ReadAsync(response))["errors"]![field]);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"email":"ann@example.com","password":"Correct-horse-3-battery","role":"admin"}""")]
    public async Task Bad_json_and_unknown_fields_are_refused(string body)
    {
        using var auth = shop.CreateClient("auth");
        using var response = await PostAsync(auth, "/auth/register", body);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("invalid_json", (string?)(await ShopFixture.ReadAsync(response))["code"]);
    }

    [Fact]
    public async Task An_address_has_one_account_however_it_is_written()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var auth = shop.CreateClient("auth");

        using var response = await auth.PostAsJsonAsync("/auth/register", new { email = buyer.Email.ToUpperInvariant(), password = Password });

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal("email_taken", (string?)(await ShopFixture.ReadAsync(response))["code"]);
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_address_look_the_same()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var auth = shop.CreateClient("auth");

        using var wrong = await auth.PostAsJsonAsync("/auth/token", new { email = buyer.Email, password = "not the password" });
        using var unknown = await auth.PostAsJsonAsync("/auth/token", new { email = NewEmail(), password = "not the password" });
        var (first, second) = (await ShopFixture.ReadAsync(wrong), await ShopFixture.ReadAsync(unknown));

        Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
        first.AsObject().Remove("trace_id");
        second.AsObject().Remove("trace_id");
        Assert.Equal(first.ToJsonString(), second.ToJsonString());
    }

    [Fact]
    public async Task Ten_wrong_passwords_lock_the_account_against_the_right_one_too()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var auth = shop.CreateClient("auth");
        for (var attempt = 0; attempt < 10; attempt++)
        {
            using var wrong = await auth.PostAsJsonAsync("/auth/token", new { email = buyer.Email, password = "not the password" });
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        }

        using var right = await auth.PostAsJsonAsync("/auth/token", new { email = buyer.Email, password = buyer.Password });

        Assert.Equal(HttpStatusCode.Unauthorized, right.StatusCode);
    }

    [Fact]
    public async Task A_refresh_token_works_once_and_its_reuse_ends_the_session()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var auth = shop.CreateClient("auth");
        var first = await SignInAsync(auth, buyer);

        using var renewed = await auth.PostAsJsonAsync("/auth/refresh", new { refresh_token = first });
        var second = (string)(await ShopFixture.ReadAsync(renewed))["refresh_token"]!;
        using var reused = await auth.PostAsJsonAsync("/auth/refresh", new { refresh_token = first });
        using var afterwards = await auth.PostAsJsonAsync("/auth/refresh", new { refresh_token = second });

        Assert.Equal(HttpStatusCode.OK, renewed.StatusCode);
        Assert.NotEqual(first, second);
        Assert.Equal(HttpStatusCode.Unauthorized, reused.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, afterwards.StatusCode);
    }

    [Fact]
    public async Task Of_refreshes_at_the_same_time_at_most_one_succeeds()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var auth = shop.CreateClient("auth");
        var token = await SignInAsync(auth, buyer);

        var responses = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => auth.PostAsJsonAsync("/auth/refresh", new { refresh_token = token })));

        Assert.Equal(1, responses.Count(response => response.StatusCode == HttpStatusCode.OK));
        Assert.Equal(4, responses.Count(response => response.StatusCode == HttpStatusCode.Unauthorized));
    }

    [Fact]
    public async Task Signing_out_ends_the_session_and_no_other()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var auth = shop.CreateClient("auth");
        var ended = await SignInAsync(auth, buyer);
        var kept = await SignInAsync(auth, buyer);

        using var logout = await auth.PostAsJsonAsync("/auth/logout", new { refresh_token = ended });
        using var first = await auth.PostAsJsonAsync("/auth/refresh", new { refresh_token = ended });
        using var second = await auth.PostAsJsonAsync("/auth/refresh", new { refresh_token = kept });

        Assert.Equal(HttpStatusCode.NoContent, logout.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, first.StatusCode);
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
    }

    [Fact]
    public async Task The_form_of_oauth_is_understood()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var auth = shop.CreateClient("auth");

        using var password = await FormAsync(auth, ("grant_type", "password"), ("username", buyer.Email), ("password", buyer.Password));
        var refreshToken = (string)(await ShopFixture.ReadAsync(password))["refresh_token"]!;
        using var refresh = await FormAsync(auth, ("grant_type", "refresh_token"), ("refresh_token", refreshToken));
        using var stranger = await FormAsync(auth, ("grant_type", "client_credentials"), ("client_id", "orders"), ("client_secret", "a guess"));
        using var unknown = await FormAsync(auth, ("grant_type", "magic"));

        Assert.Equal(HttpStatusCode.OK, password.StatusCode);
        Assert.Equal(HttpStatusCode.OK, refresh.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        Assert.Equal("unsupported_grant_type", (string?)(await ShopFixture.ReadAsync(unknown))["code"]);
    }

    [Fact]
    public async Task The_published_keys_are_those_that_sign_and_nothing_private()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var auth = shop.CreateClient("auth");

        var set = await auth.GetFromJsonAsync<JsonObject>("/.well-known/jwks.json");
        var header = JsonNode.Parse(Base64UrlEncoder.DecodeBytes(buyer.Token.Split('.')[0]))!;

        Assert.Equal("ES256", (string?)header["alg"]);
        Assert.Contains(set!["keys"]!.AsArray(), key => (string?)key!["kid"] == (string?)header["kid"]);
        Assert.All(set["keys"]!.AsArray(), key => Assert.False(key!.AsObject().ContainsKey("d")));
    }

    [Fact]
    public async Task A_token_that_was_forged_or_says_alg_none_is_no_token()
    {
        var buyer = await shop.RegisterCustomerAsync();
        var parts = buyer.Token.Split('.');
        var payload = JsonNode.Parse(Base64UrlEncoder.DecodeBytes(parts[1]))!;
        payload["permission"] = new JsonArray("users.manage");
        var forged = $"{parts[0]}.{Base64UrlEncoder.Encode(payload.ToJsonString())}.{parts[2]}";
        var unsigned = $"{Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""")}.{Base64UrlEncoder.Encode(payload.ToJsonString())}.";

        foreach (var token in new[] { forged, unsigned })
        {
            using var client = shop.CreateClient("auth", token);
            using var response = await client.GetAsync(new Uri("/users", UriKind.Relative));
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    [Theory]
    [InlineData("GET", "/auth/verify", 401, 200, 200)]
    [InlineData("GET", "/users", 401, 403, 200)]
    [InlineData("GET", "/users/00000000-0000-0000-0000-000000000001", 401, 404, 404)]
    [InlineData("GET", "/roles", 401, 403, 200)]
    [InlineData("POST", "/auth/check", 401, 200, 200)]
    public async Task Each_endpoint_lets_in_whom_it_should(string method, string path, int nobody, int customer, int administrator)
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var anonymous = shop.CreateClient("auth");
        using var signedIn = shop.CreateClient("auth", buyer.Token);
        using var admin = await shop.AdminClientAsync("auth");

        Assert.Equal(nobody, await StatusAsync(anonymous));
        Assert.Equal(customer, await StatusAsync(signedIn));
        Assert.Equal(administrator, await StatusAsync(admin));

        async Task<int> StatusAsync(HttpClient client)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (method == "POST")
                request.Content = JsonContent.Create(new { permission = "users.manage" });
            using var response = await client.SendAsync(request);
            return (int)response.StatusCode;
        }
    }

    [Fact]
    public async Task A_user_sees_oneself_and_nobody_else()
    {
        var (ann, bob) = (await shop.RegisterCustomerAsync(), await shop.RegisterCustomerAsync());
        using var client = shop.CreateClient("auth", ann.Token);

        var me = await client.GetFromJsonAsync<JsonObject>($"/users/{ann.Id}");
        using var other = await client.GetAsync(new Uri($"/users/{bob.Id}", UriKind.Relative));
        using var check = await client.PostAsJsonAsync("/auth/check", new { user_id = bob.Id, permission = "users.manage" });

        Assert.Equal(ann.Email, (string?)me!["email"]);
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, check.StatusCode);
    }

    [Fact]
    public async Task Neither_passwords_nor_refresh_tokens_are_kept_in_the_clear()
    {
        var buyer = await shop.RegisterCustomerAsync();
        using var auth = shop.CreateClient("auth");
        var refreshToken = await SignInAsync(auth, buyer);

        var hash = await shop.QueryAsync<string>("authdb", "SELECT password_hash FROM users WHERE id = $1", buyer.Id);
        var kept = await shop.QueryAsync<long>("authdb",
            "SELECT count(*) FROM refresh_tokens WHERE token_hash = sha256(convert_to($1, 'UTF8'))", refreshToken);

        Assert.DoesNotContain(buyer.Password, hash, StringComparison.Ordinal);
        Assert.Equal(1, kept);
    }

    private static string NewEmail() => $"user-{Guid.NewGuid():N}@example.com";

    private static async Task<string> SignInAsync(HttpClient auth, Customer customer)
    {
        using var response = await auth.PostAsJsonAsync("/auth/token", new { email = customer.Email, password = customer.Password });
        return (string)(await ShopFixture.ReadAsync(response))["refresh_token"]!;
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string json) =>
        client.PostAsync(new Uri(path, UriKind.Relative), new StringContent(json, System.Text.Encoding.UTF8, "application/json"));

    private static Task<HttpResponseMessage> FormAsync(HttpClient client, params (string Name, string Value)[] fields) =>
        client.PostAsync(new Uri("/auth/token", UriKind.Relative),
            new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))));
}
