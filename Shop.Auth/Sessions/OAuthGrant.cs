using System.ComponentModel.DataAnnotations;
using System.Runtime.Serialization;
using Shop.Auth.Accounts;

namespace Shop.Auth.Sessions;

/// <summary>The form of RFC 6749, section 4.</summary>
internal sealed class OAuthGrant
{
    [DataMember(Name = "grant_type"), Required, MaxLength(100)]
    public string? GrantType { get; init; }

    [DataMember(Name = "username"), MaxLength(EmailAddress.MaxLength)]
    public string? UserName { get; init; }

    [DataMember(Name = "password"), MaxLength(PasswordRules.MaxLength)]
    public string? Password { get; init; }

    [DataMember(Name = "refresh_token"), MaxLength(SessionEndpoints.MaxTokenLength)]
    public string? RefreshToken { get; init; }

    [DataMember(Name = "client_id"), MaxLength(100)]
    public string? ClientId { get; init; }

    [DataMember(Name = "client_secret"), MaxLength(SessionEndpoints.MaxTokenLength)]
    public string? ClientSecret { get; init; }
}
