using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace Shop.ServiceDefaults.Database;

/// <summary>Maps the model to the names that the SQL migrations give.</summary>
public static class SnakeCaseNames
{
    /// <summary>Names every column in snake_case. Call it last in <c>OnModelCreating</c>; tables are named with <c>ToTable</c>.</summary>
    public static void UseSnakeCaseColumns(this ModelBuilder model)
    {
        foreach (var property in model.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
            property.SetColumnName(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.GetColumnName()));
    }
}
