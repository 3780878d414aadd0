using Microsoft.EntityFrameworkCore;
using Shop.Auth.Accounts;
using Shop.Auth.Keys;
using Shop.Auth.Roles;
using Shop.Auth.Sessions;
using Shop.Messaging.Outbox;
using Shop.ServiceDefaults.Database;

namespace Shop.Auth.Data;

internal sealed class AuthDbContext(DbContextOptions<AuthDbContext> options) : DbContext(options)
{
    public DbSet<User> Users => Set<User>();

    public DbSet<UserRole> UserRoles => Set<UserRole>();

    public DbSet<Role> Roles => Set<Role>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<RefreshToken> RefreshTokens => Set<RefreshToken>();

    public DbSet<SigningKey> SigningKeys => Set<SigningKey>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<User>(user =>
        {
            user.ToTable("users");
            user.HasMany(u => u.Roles).WithOne().HasForeignKey(role => role.UserId);
        });
        modelBuilder.Entity<UserRole>().ToTable("user_roles").HasKey(role => new { role.UserId, role.Role });
        modelBuilder.Entity<Role>().ToTable("roles").HasKey(role => role.Name);
        modelBuilder.Entity<Session>(session =>
        {
            session.ToTable("sessions");
            session.HasOne<User>().WithMany().HasForeignKey(s => s.UserId);
        });
        modelBuilder.Entity<RefreshToken>(token =>
        {
            token.ToTable("refresh_tokens").HasKey(t => t.TokenHash);
            token.HasOne<Session>().WithMany().HasForeignKey(t => t.SessionId);
        });
        modelBuilder.Entity<SigningKey>().ToTable("signing_keys").HasKey(key => key.Kid);
        modelBuilder.AddOutbox();
        modelBuilder.UseSnakeCaseColumns();
    }
}
