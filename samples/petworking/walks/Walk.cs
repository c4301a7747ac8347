namespace Walks;

public sealed record Walk(string Where, string When, IReadOnlyList<int> Pets)
{
    public static readonly IReadOnlyList<Walk> All =
    [
        new("around the pond", "07:30", [2, 1]),
        new("to the bakery and back", "16:00", [2, 3]),
        new("across the lawn", "all day", [4]),
    ];
}

public sealed record WalkAnswer(string Where, string When, IReadOnlyList<string> Pets);

/// <param name="Instance">Who answered.</param>
/// <param name="PetsFrom">Which instance of pets was asked for the names.</param>
/// <param name="Walks">The walks.</param>
public sealed record WalkList(string Instance, string PetsFrom, IReadOnlyList<WalkAnswer> Walks);
