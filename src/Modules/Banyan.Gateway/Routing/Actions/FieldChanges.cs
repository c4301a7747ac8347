using System.Text;

namespace Banyan.Gateway.Routing.Actions;

/// <summary>One field as it is written.</summary>
internal sealed class FieldLine(string name, string value)
{
    public string Name { get; } = name;

    public string Value { get; } = value;

    /// <summary>The name in lower case, for comparing.</summary>
    public byte[] LowerName { get; } = Encoding.ASCII.GetBytes(name.ToLowerInvariant());

    /// <summary><c>Name: value</c> with CRLF, as HTTP/1.1 writes it.</summary>
    public byte[] Bytes { get; } = Encoding.ASCII.GetBytes($"{name}: {value}\r\n");
}

/// <summary>Changes of a head's fields: removed first, then set (replacing all of the name), then added.</summary>
internal sealed class FieldChanges(IReadOnlyList<string> remove, FieldLine[] set, FieldLine[] add)
{
    // Removed and replaced names alike: what the received head must lose.
    private readonly byte[][] _dropped = [.. remove.Select(n => Encoding.ASCII.GetBytes(n.ToLowerInvariant())), .. set.Select(s => s.LowerName)];

    public IReadOnlyList<string> Remove { get; } = remove;

    public FieldLine[] Set { get; } = set;

    public FieldLine[] Add { get; } = add;

    /// <summary><see cref="Set"/> and then <see cref="Add"/>, ready to be written behind the last received field.</summary>
    public byte[] Appended { get; } = [.. set.Concat(add).SelectMany(line => line.Bytes)];

    /// <summary>True when a received field of this name is not passed on.</summary>
    /// <param name="name">In any case.</param>
    public bool Drops(ReadOnlySpan<byte> name)
    {
        foreach (var dropped in _dropped)
        {
            if (Ascii.EqualsIgnoreCase(name, dropped))
            {
                return true;
            }
        }

        return false;
    }
}
