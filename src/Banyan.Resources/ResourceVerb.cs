namespace Banyan.Resources;

/// <summary>What is done to an object.</summary>
public enum ResourceVerb
{
    /// <summary>Read, list or watch.</summary>
    Read,

    /// <summary>Create, replace, patch or apply.</summary>
    Write,

    /// <summary>Write the status.</summary>
    WriteStatus,

    /// <summary>Delete.</summary>
    Delete,
}
