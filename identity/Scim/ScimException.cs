namespace Identity.Scim;

/// <summary>A request that SCIM refuses, on its way to the answer (RFC 7644, 3.12).</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="scimType">The specification's word for it, where it has one.</param>
/// <param name="detail">A sentence for whoever set up the directory.</param>
sealed class ScimException(int status, string? scimType, string detail) : Exception(detail)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The specification's word for it.</summary>
    public string? ScimType { get; } = scimType;

    public static ScimException InvalidFilter(string detail) => new(StatusCodes.Status400BadRequest, "invalidFilter", detail);

    public static ScimException InvalidPath(string detail) => new(StatusCodes.Status400BadRequest, "invalidPath", detail);

    public static ScimException InvalidSyntax(string detail) => new(StatusCodes.Status400BadRequest, "invalidSyntax", detail);

    public static ScimException InvalidValue(string detail) => new(StatusCodes.Status400BadRequest, "invalidValue", detail);

    public static ScimException NoTarget(string detail) => new(StatusCodes.Status400BadRequest, "noTarget", detail);

    public static ScimException Mutability(string detail) => new(StatusCodes.Status400BadRequest, "mutability", detail);

    public static ScimException Uniqueness(string detail) => new(StatusCodes.Status409Conflict, "uniqueness", detail);

    public static ScimException NotFound() => new(StatusCodes.Status404NotFound, null, "There is no such resource.");

    public static ScimException Stale() => new(StatusCodes.Status412PreconditionFailed, null, "The resource has changed since it was read; read it again.");
}
