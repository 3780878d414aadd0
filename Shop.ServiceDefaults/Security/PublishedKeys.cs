using System.Net.Http.Json;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Shop.ServiceDefaults.Security;

/// <summary>
/// The keys that Auth publishes: fetched for the first token, again for a token whose key is not among them, and when they are old.
/// </summary>
/// <remarks>
/// The library's own manager does not ask again for half a minute or more, whether it got keys or not: so long a service that
/// started before Auth would refuse everybody, and one that knows an older key would call good tokens bad.
/// </remarks>
/// <param name="createClient">Makes the client of Auth; its time bound is how long a request may wait for the keys.</param>
/// <param name="time">The clock.</param>
internal sealed class PublishedKeys(Func<HttpClient> createClient, TimeProvider time)
    : IConfigurationManager<OpenIdConnectConfiguration>, IDisposable
{
    /// <summary>Auth is not asked more often, whatever tokens come.</summary>
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(2);

    /// <summary>After that a key that Auth has withdrawn is forgotten, or as soon as Auth answers again.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    /// <summary>How often one request waits in vain while Auth is away and the known keys are old.</summary>
    private static readonly TimeSpan AskAgainForOld = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _asking = new(1, 1);
    private volatile Answer? _last;

    /// <exception cref="HttpRequestException">There are none yet, and they cannot be fetched.</exception>
    public async Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel)
    {
        if (_last is { Keys: { } known } last
            && (time.GetElapsedTime(last.KeysAt) < MaxAge || last.Failure is not null && time.GetElapsedTime(last.At) < AskAgainForOld))
        {
            return known;
        }

        var answer = await AskAsync(cancel);
        return answer.Keys ?? throw NotFetched(answer);
    }

    /// <summary>Whether a token may be signed with this key, by what Auth says now.</summary>
    /// <exception cref="HttpRequestException">It is not among the known ones, and Auth cannot be asked.</exception>
    public async Task<bool> ContainAsync(string keyId, CancellationToken cancellationToken)
    {
        bool IsIn(Answer? answer) => answer?.Keys?.SigningKeys.Any(key => key.KeyId == keyId) == true;
        if (IsIn(_last))
            return true;
        var answer = await AskAsync(cancellationToken);
        return IsIn(answer) || (answer.Failure is null ? false : throw NotFetched(answer));
    }

    /// <remarks>It is not known here which key was missed: see <see cref="ContainAsync"/>.</remarks>
    public void RequestRefresh()
    {
    }

    /// <returns>What Auth says, or said a moment ago.</returns>
    private async Task<Answer> AskAsync(CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken);
        try
        {
            if (_last is { } last && time.GetElapsedTime(last.At) < AskAgain)
                return last;

            OpenIdConnectConfiguration? keys = null;
            Exception? failure = null;
            try
            {
                keys = await FetchAsync();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
            var now = time.GetTimestamp();
            return _last = keys is not null || _last is null ? new Answer(keys, now, failure, now) : _last with { Failure = failure, At = now };
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <remarks>Not cancelled with a request: others wait for it as well.</remarks>
    private async Task<OpenIdConnectConfiguration> FetchAsync()
    {
        using var client = createClient();
        var published = await client.GetFromJsonAsync<Jwks>("/.well-known/jwks.json", CancellationToken.None)
            ?? throw new InvalidOperationException("Auth answered with an empty key set.");

        var configuration = new OpenIdConnectConfiguration();
        foreach (var key in published.Keys.Where(key => key is { Kty: "EC", Crv: "P-256" }))
            configuration.SigningKeys.Add(key.ToSecurityKey());
        return configuration;
    }

    private static HttpRequestException NotFetched(Answer answer) => new("The keys to check tokens by cannot be fetched.", answer.Failure);

    public void Dispose() => _asking.Dispose();

    /// <param name="Keys">What it has last been seen to publish.</param>
    /// <param name="KeysAt">When that was.</param>
    /// <param name="Failure">Why it did not answer the last time, if it did not.</param>
    /// <param name="At">When it was asked the last time.</param>
    private sealed record Answer(OpenIdConnectConfiguration? Keys, long KeysAt, Exception? Failure, long At);
}
