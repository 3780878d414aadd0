using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Shop.ServiceDefaults.Database;

namespace Shop.Tests.Unit.ServiceDefaults;

public sealed class ServiceDatabaseTests
{
    [Theory]
    [InlineData("Host=db", 100, true)]
    [InlineData("Host=db;Max Auto Prepare=0;No Reset On Close=false", 0, false)]
    public void A_service_replays_no_transaction_and_its_connection_string_has_the_last_word(string given, int prepared, bool noReset)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("ConnectionStrings:booksdb", given)]);
        builder.AddServiceDatabase<BooksContext>("booksdb");
        using var host = builder.Build();
        using var scope = host.Services.CreateScope();
        var database = scope.ServiceProvider.GetRequiredService<BooksContext>().Database;

        Assert.False(database.CreateExecutionStrategy().RetriesOnFailure);
        var used = new NpgsqlConnectionStringBuilder(database.GetConnectionString());
        Assert.Equal(("db", prepared, noReset), (used.Host, used.MaxAutoPrepare, used.NoResetOnClose));
    }

    private sealed class BooksContext(DbContextOptions<BooksContext> options) : DbContext(options);
}
