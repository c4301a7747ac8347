namespace Banyan.Contracts.Registry;

/// <summary>Hears how an <see cref="InstanceLease"/> goes. Called by the task that keeps it; must not block.</summary>
public interface IInstanceLeaseListener
{
    /// <summary>The instance stands in the registry, for the first time or again.</summary>
    void OnRegistered();

    /// <summary>The registry refused, or cannot be reached. Once, until <see cref="OnBack"/>; the lease goes on trying.</summary>
    void OnAway(BanyanException error);

    /// <summary>The registry answers again.</summary>
    void OnBack();

    /// <summary>The registry could not be told that the instance leaves; it notices when the lease ends.</summary>
    void OnNotTold(string problem);
}
