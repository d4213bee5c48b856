using System.Reflection;

namespace Platform.Audit;

/// <summary>What changed between two states of a record, for an audit entry's details: each differing field with its value before and after.</summary>
public static class Changes
{
    /// <summary>The properties in which the two differ, by name; empty when they are equal.</summary>
    public static IReadOnlyDictionary<string, Change> Between<T>(T before, T after)
        where T : class =>
        typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.GetIndexParameters().Length == 0)
            .Select(property => (property.Name, Before: property.GetValue(before), After: property.GetValue(after)))
            .Where(field => !Equals(field.Before, field.After))
            .ToDictionary(field => char.ToLowerInvariant(field.Name[0]) + field.Name[1..], field => new Change(field.Before, field.After), StringComparer.Ordinal);
}

/// <summary>One field's value before and after.</summary>
public sealed record Change(object? Before, object? After);
