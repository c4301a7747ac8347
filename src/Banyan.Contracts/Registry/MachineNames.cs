namespace Banyan.Contracts.Registry;

/// <summary>The name of this machine in the form names of instances have.</summary>
public static class MachineNames
{
    private const int MaxLength = 40;

    /// <summary>Letters, digits and inner hyphens of the machine's name, at most 40; <c>instance</c> when none are left.</summary>
    public static string Own
    {
        get
        {
            var name = string.Concat(Environment.MachineName.Where(c => char.IsAsciiLetterOrDigit(c) || c == '-')).Trim('-');
            return name.Length == 0 ? "instance" : name[..Math.Min(name.Length, MaxLength)];
        }
    }
}
