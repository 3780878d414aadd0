using System.Text.Json.Serialization;

namespace Shop.Messaging.Contracts;

/// <summary>Somebody signed up.</summary>
/// <param name="UserId">The user.</param>
/// <param name="Email">The user's e-mail address.</param>
/// <param name="Name">How the user wants to be called.</param>
/// <param name="Language">The language to write in: <c>ru</c> or <c>en</c>.</param>
public sealed record UserRegistered(Guid UserId, string Email, string? Name, string? Language) : IEvent
{
    /// <inheritdoc />
    public static string Type => "user.registered";

    /// <inheritdoc />
    [JsonIgnore]
    public string Key => UserId.ToString();
}
