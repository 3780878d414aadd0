using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Caching.Hybrid;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds serializers to a hybrid cache.</summary>
public static class HybridCacheBuilderExtensions
{
    /// <summary>Serializes values of type <typeparamref name="T"/> with <paramref name="serializer"/>.</summary>
    public static IHybridCacheBuilder AddSerializer<T>(this IHybridCacheBuilder builder, IHybridCacheSerializer<T> serializer)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton(serializer);
        return builder;
    }

    /// <summary>Serializes values of type <typeparamref name="T"/> with a <typeparamref name="TImplementation"/>.</summary>
    public static IHybridCacheBuilder AddSerializer<T,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TImplementation>(
        this IHybridCacheBuilder builder)
        where TImplementation : class, IHybridCacheSerializer<T>
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IHybridCacheSerializer<T>, TImplementation>();
        return builder;
    }

    /// <summary>Asks <paramref name="factory"/> for serializers; the factory added last is asked first.</summary>
    public static IHybridCacheBuilder AddSerializerFactory(
        this IHybridCacheBuilder builder, IHybridCacheSerializerFactory factory)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton(factory);
        return builder;
    }

    /// <summary>Asks a <typeparamref name="TImplementation"/> for serializers; the factory added last is asked first.</summary>
    public static IHybridCacheBuilder AddSerializerFactory<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TImplementation>(
        this IHybridCacheBuilder builder)
        where TImplementation : class, IHybridCacheSerializerFactory
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IHybridCacheSerializerFactory, TImplementation>();
        return builder;
    }
}
