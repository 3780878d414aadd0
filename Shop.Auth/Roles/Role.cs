namespace Shop.Auth.Roles;

/// <summary>A name for a set of permissions.</summary>
internal sealed class Role
{
    public required string Name { get; init; }

    public required string[] Permissions { get; set; }

    public bool BuiltIn { get; init; }
}
