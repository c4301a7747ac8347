namespace Banyan.Http.Describing;

/// <summary>The form of a body, for the description of the API. One name means one form in the whole process.</summary>
/// <param name="Name">Its name among the description's schemas, such as <c>Instance</c>.</param>
/// <param name="Json">A JSON schema. It refers to others by <c>#/components/schemas/NAME</c>.</param>
/// <param name="Parts">The schemas it refers to.</param>
public sealed record ApiSchema(string Name, string Json, params IReadOnlyList<ApiSchema> Parts);
