using System.Collections.Concurrent;

namespace Shop.Rig.Chaos.Load;

/// <summary>A request with an <c>Idempotency-Key</c>, so that it can be made again.</summary>
internal sealed record KeyedRequest(string Service, string Path, string? Token, string Key, string Body);

/// <summary>An order that somebody tried to place, known by the address it was to be told to.</summary>
/// <param name="Email">Different for every key, and stored with the order.</param>
/// <param name="IsOrchestrated">In which flow.</param>
/// <param name="Request">What is sent.</param>
internal sealed record OrderAttempt(string Email, bool IsOrchestrated, KeyedRequest Request);

/// <summary>What the clients asked for and were promised, for the invariants to hold the shop to.</summary>
internal sealed class Journal
{
    private readonly ConcurrentDictionary<string, ConcurrentBag<Answer>> _answers = [];
    private readonly ConcurrentDictionary<string, KeyedRequest> _requests = [];

    /// <summary>Every order attempted, one for each key.</summary>
    public ConcurrentBag<OrderAttempt> Orders { get; } = [];

    /// <summary>Orders whose cancellation was promised.</summary>
    public ConcurrentBag<Guid> Cancelled { get; } = [];

    /// <summary>Refunds asked for: the payment, and the key.</summary>
    public ConcurrentBag<(Guid PaymentId, decimal Amount, string Key)> Refunds { get; } = [];

    /// <summary>Deposits asked for: the wallet's user, and the key.</summary>
    public ConcurrentBag<(Guid UserId, decimal Amount, string Key)> Deposits { get; } = [];

    /// <summary>Products added during the run, with their first stock.</summary>
    public ConcurrentDictionary<int, int> Products { get; } = [];

    /// <summary>Users who were told that they are registered.</summary>
    public ConcurrentBag<Guid> Users { get; } = [];

    /// <summary>Requests that were answered 500, with the answer: the shop did not know what had happened to it.</summary>
    public ConcurrentBag<string> InternalErrors { get; } = [];

    /// <summary>Every request that was made with a key, by the key.</summary>
    public IReadOnlyDictionary<string, KeyedRequest> Requests => _requests;

    /// <summary>Notes a request.</summary>
    public void Ask(KeyedRequest request) => _requests.TryAdd(request.Key, request);

    /// <summary>Notes an answer.</summary>
    public void Tell(string key, Answer answer) => _answers.GetOrAdd(key, _ => []).Add(answer);

    /// <summary>The answers that a key got.</summary>
    public IReadOnlyCollection<Answer> AnswersTo(string key) => _answers.TryGetValue(key, out var answers) ? answers : [];
}
