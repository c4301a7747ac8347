namespace Banyan.Gateway.Limits;

/// <summary>The part of a limit that one gateway may give out, and how long. It ends by itself, whether or not anybody is awake to end it.</summary>
/// <param name="Part">The part until then, 0 to 1.</param>
/// <param name="Until">When it ends, in ticks of 100 ns.</param>
/// <param name="After">The part from then on.</param>
internal sealed record LimitGrant(double Part, long Until, double After)
{
    /// <summary>The part of a shared limit a gateway may give out without a lease.</summary>
    public const double UnleasedPart = 0.01;

    /// <summary>All of it for ever: a limit that is not shared.</summary>
    public static readonly LimitGrant Whole = new(1, long.MaxValue, 1);

    /// <summary>A shared limit of which nothing has been leased yet.</summary>
    public static readonly LimitGrant Unleased = new(UnleasedPart, long.MaxValue, UnleasedPart);

    /// <summary>The part at a moment.</summary>
    public double At(long now) => now < Until ? Part : After;
}
