namespace Banyan.Hosting;

/// <summary>The modules of this process and their states. In the services of every module.</summary>
public interface IModuleStates
{
    /// <summary>All modules of this process, in the order of starting.</summary>
    IReadOnlyList<ModuleStatus> Snapshot();
}
