using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Shop.Messaging.Outbox;
using Shop.Payments.Ledger;
using Shop.Payments.Payments;
using Shop.ServiceDefaults.Database;

namespace Shop.Payments.Data;

/// <summary>The payments database: accounts, the ledger, and the payments of orders.</summary>
internal sealed class PaymentsDbContext(DbContextOptions<PaymentsDbContext> options) : DbContext(options)
{
    public DbSet<Account> Accounts => Set<Account>();

    public DbSet<LedgerTransaction> LedgerTransactions => Set<LedgerTransaction>();

    public DbSet<LedgerEntry> LedgerEntries => Set<LedgerEntry>();

    public DbSet<Payment> Payments => Set<Payment>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configuration)
    {
        configuration.Properties<AccountKind>().HaveConversion<SnakeCaseEnumConverter<AccountKind>>();
        configuration.Properties<LedgerTransactionKind>().HaveConversion<SnakeCaseEnumConverter<LedgerTransactionKind>>();
        configuration.Properties<PaymentMethod>().HaveConversion<SnakeCaseEnumConverter<PaymentMethod>>();
        configuration.Properties<PaymentStatus>().HaveConversion<SnakeCaseEnumConverter<PaymentStatus>>();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Account>(account =>
        {
            account.ToTable("accounts");
            // The entries move it, in the database.
            account.Property(a => a.BalanceMinor).Metadata.SetAfterSaveBehavior(PropertySaveBehavior.Ignore);
        });
        modelBuilder.Entity<LedgerTransaction>(transaction =>
        {
            transaction.ToTable("ledger_transactions");
            transaction.Property(t => t.Id).ValueGeneratedNever();
            transaction.HasMany(t => t.Entries).WithOne().HasForeignKey(entry => entry.TransactionId);
        });
        modelBuilder.Entity<LedgerEntry>(entry =>
        {
            entry.ToTable("ledger_entries");
            entry.HasKey(e => new { e.TransactionId, e.Line });
        });
        modelBuilder.Entity<Payment>(payment =>
        {
            payment.ToTable("payments");
            payment.Property(p => p.Id).ValueGeneratedNever();
        });

        modelBuilder.AddOutbox();
        modelBuilder.UseSnakeCaseColumns();
    }
}
