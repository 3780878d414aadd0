namespace Shop.Auth.Accounts;

/// <summary>Somebody with an account.</summary>
internal sealed class User
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Normalized by <see cref="EmailAddress"/>.</summary>
    public required string Email { get; init; }

    public string? Name { get; init; }

    public string PasswordHash { get; set; } = "";

    /// <summary>Wrong passwords since the last right one or the last lock.</summary>
    public int FailedAttempts { get; init; }

    public DateTimeOffset? LockedUntil { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public List<UserRole> Roles { get; init; } = [];
}

/// <summary>A role that a user has.</summary>
internal sealed class UserRole
{
    public Guid UserId { get; init; }

    public required string Role { get; init; }
}
