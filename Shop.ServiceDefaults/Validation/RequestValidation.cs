using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Extensions.Validation;

namespace Shop.ServiceDefaults.Validation;

// The framework's generator sees public types only, and the services' request records are internal.
#pragma warning disable ASP0029 // The resolver is the framework's documented way to add types; it is still marked experimental.

/// <summary>
/// Finds the validation attributes of internal request types by reflection, once per type. A type is validated when it,
/// or something in it, has validation attributes or is an <see cref="IValidatableObject"/>.
/// </summary>
internal sealed class RequestValidation : IValidatableInfoResolver
{
    private readonly ConcurrentDictionary<Type, IValidatableInfo?> _types = [];

    public static void Use(ValidationOptions options) => options.Resolvers.Insert(0, new RequestValidation());

    public bool TryGetValidatableTypeInfo(Type type, [NotNullWhen(true)] out IValidatableInfo? validatableInfo) =>
        (validatableInfo = _types.GetOrAdd(Nullable.GetUnderlyingType(type) ?? type, type => Describe(type))) is not null;

    /// <remarks>Parameters are the framework's own resolver's matter.</remarks>
    public bool TryGetValidatableParameterInfo(ParameterInfo parameterInfo, [NotNullWhen(true)] out IValidatableInfo? validatableInfo)
    {
        validatableInfo = null;
        return false;
    }

    private static RequestType? Describe(Type type)
    {
        if (!IsValidatable(type, []))
            return null;

        var members = PropertiesOf(type)
            .Where(property => AttributesOf(property).Length > 0 || IsValidatable(ElementOf(property.PropertyType), []))
            .Select(property => new RequestProperty(type, property, AttributesOf(property)));
        return new RequestType(type, [.. members]);
    }

    private static bool IsValidatable(Type type, HashSet<Type> seen) =>
        seen.Add(type) && !IsFramework(type)
        && (typeof(IValidatableObject).IsAssignableFrom(type)
            || type.GetCustomAttributes<ValidationAttribute>().Any()
            || PropertiesOf(type).Any(property => AttributesOf(property).Length > 0 || IsValidatable(ElementOf(property.PropertyType), seen)));

    private static bool IsFramework(Type type) => type.IsPrimitive || type.IsEnum
        || type.Assembly.GetName().Name!.Split('.')[0] is "System" or "Microsoft" or "Npgsql" or "RabbitMQ";

    private static IEnumerable<PropertyInfo> PropertiesOf(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => property.CanRead && property.GetIndexParameters().Length == 0);

    private static Type ElementOf(Type type) => type.IsArray
        ? type.GetElementType()!
        : type.GetInterfaces().Append(type)
            .FirstOrDefault(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0]
            ?? Nullable.GetUnderlyingType(type) ?? type;

    /// <remarks>The attributes of a positional record stand on its constructor's parameter unless they say <c>property:</c>.</remarks>
    private static ValidationAttribute[] AttributesOf(PropertyInfo property) =>
    [
        .. property.GetCustomAttributes<ValidationAttribute>(),
        .. property.DeclaringType!.GetConstructors()
            .SelectMany(constructor => constructor.GetParameters())
            .Where(parameter => parameter.Name == property.Name && parameter.ParameterType == property.PropertyType)
            .SelectMany(parameter => parameter.GetCustomAttributes<ValidationAttribute>()),
    ];

    private sealed class RequestType(Type type, IReadOnlyList<RequestProperty> members) : ValidatableTypeInfo(type, members)
    {
        private readonly ValidationAttribute[] _attributes = [.. type.GetCustomAttributes<ValidationAttribute>()];

        protected override ValidationAttribute[] GetValidationAttributes() => _attributes;
    }

    private sealed class RequestProperty(Type declaringType, PropertyInfo property, ValidationAttribute[] attributes)
        : ValidatablePropertyInfo(declaringType, property.PropertyType, property.Name, DisplayNameOf(property))
    {
        protected override ValidationAttribute[] GetValidationAttributes() => attributes;

        private static string DisplayNameOf(PropertyInfo property) =>
            property.GetCustomAttribute<DisplayAttribute>()?.GetName() ?? JsonDefaults.Client.PropertyNamingPolicy!.ConvertName(property.Name);
    }
}
