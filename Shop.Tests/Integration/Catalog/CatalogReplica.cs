using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Shop.Catalog.Data;
using Shop.Catalog.Diagnostics;
using Shop.Catalog.Products;
using Shop.Catalog.Reservations;
using Shop.ServiceDefaults.Database;

namespace Shop.Tests.Integration.Catalog;

/// <summary>The product list and the reservations of one replica of the catalogue, without its endpoints.</summary>
internal sealed class CatalogReplica : IDisposable
{
    private readonly IHost _host;

    /// <param name="database">The connection string of the database.</param>
    /// <param name="redis">The connection string of Redis.</param>
    /// <param name="metrics">Counts what it does.</param>
    public CatalogReplica(string database, string redis, CatalogMetrics metrics)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:redis", redis)]);
        builder.AddProductListCache();
        builder.Services
            .AddDbContext<CatalogDbContext>(options => options.UseNpgsql(database).AddInterceptors(AfterCommitInterceptor.Instance, Loads))
            .AddSingleton(metrics)
            .AddScoped<ReservationDesk>()
            .AddSingleton(Options.Create(new ReservationOptions()));
        _host = builder.Build();
    }

    public IServiceProvider Services => _host.Services;

    public ProductListCache Cache => Services.GetRequiredService<ProductListCache>();

    /// <summary>How often it read the page from the database.</summary>
    public LoadCounter Loads { get; } = new();

    public void Dispose() => _host.Dispose();

    /// <summary>Changes a price, as an operator does at this replica.</summary>
    public async Task ChangePriceAsync(int product, decimal price)
    {
        await using var scope = Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CatalogDbContext>();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await db.Products.Where(candidate => candidate.Id == product).ExecuteUpdateAsync(set => set.SetProperty(candidate => candidate.Price, price));
        Cache.InvalidateAfterCommit(db);
        await transaction.CommitAsync();
    }

    /// <summary>Counts the queries for pages of products, and holds them up when told to.</summary>
    internal sealed class LoadCounter : DbCommandInterceptor
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        /// <summary>Runs when a page has been read and is not used yet.</summary>
        public Func<CancellationToken, Task> OnRead { get; set; } = _ => Task.CompletedTask;

        public override async ValueTask<DbDataReader> ReaderExecutedAsync(
            DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
        {
            if (command.CommandText.Contains("LIMIT", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref _count);
                await OnRead(cancellationToken);
            }

            return result;
        }
    }
}
