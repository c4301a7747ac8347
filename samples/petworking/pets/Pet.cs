namespace Pets;

public sealed record Pet(int Id, string Name, string Species, string Likes)
{
    public static readonly IReadOnlyList<Pet> All =
    [
        new(1, "Mochi", "cat", "sunny spots"),
        new(2, "Biscuit", "dog", "couches, and what is under them"),
        new(3, "Captain", "parrot", "long conversations"),
        new(4, "Turbo", "tortoise", "arriving"),
    ];
}

public sealed record PetList(string Instance, IReadOnlyList<Pet> Pets);

public sealed record PetAnswer(string Instance, Pet Pet);
