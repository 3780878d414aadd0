using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.Extensions.Caching.Hybrid;

/// <summary>
/// Finds the serializer of a type: one registered for it, else what the factories offer (the last first),
/// else text and bytes as they are and JSON for the rest.
/// </summary>
internal sealed class HybridCacheSerializers(IServiceProvider services)
{
    private readonly IHybridCacheSerializerFactory[] _factories =
        services.GetServices<IHybridCacheSerializerFactory>().Reverse().ToArray();

    private readonly ConcurrentDictionary<Type, object> _serializers = new();

    public IHybridCacheSerializer<T> Get<T>() => (IHybridCacheSerializer<T>)_serializers.GetOrAdd(typeof(T), _ => Find<T>());

    private object Find<T>()
    {
        if (services.GetService<IHybridCacheSerializer<T>>() is { } registered)
            return registered;

        foreach (var factory in _factories)
        {
            if (factory.TryCreateSerializer<T>(out var serializer))
                return serializer;
        }

        if (typeof(T) == typeof(string))
            return new TextSerializer();
        if (typeof(T) == typeof(byte[]))
            return new BytesSerializer();
        return new JsonSerializer<T>(
            services.GetKeyedService<JsonSerializerOptions>(typeof(IHybridCacheSerializer<T>))
            ?? services.GetKeyedService<JsonSerializerOptions>(typeof(IHybridCacheSerializer<>))
            ?? JsonSerializerOptions.Default);
    }

    private sealed class TextSerializer : IHybridCacheSerializer<string>
    {
        public string Deserialize(ReadOnlySequence<byte> source) => Encoding.UTF8.GetString(source);

        public void Serialize(string value, IBufferWriter<byte> target) => Encoding.UTF8.GetBytes(value, target);
    }

    private sealed class BytesSerializer : IHybridCacheSerializer<byte[]>
    {
        public byte[] Deserialize(ReadOnlySequence<byte> source) => source.ToArray();

        public void Serialize(byte[] value, IBufferWriter<byte> target) => target.Write(value);
    }

    private sealed class JsonSerializer<T>(JsonSerializerOptions options) : IHybridCacheSerializer<T>
    {
        public T Deserialize(ReadOnlySequence<byte> source)
        {
            var reader = new Utf8JsonReader(source);
            return JsonSerializer.Deserialize<T>(ref reader, options)!;
        }

        public void Serialize(T value, IBufferWriter<byte> target)
        {
            using var writer = new Utf8JsonWriter(target);
            JsonSerializer.Serialize(writer, value, options);
        }
    }
}
