using Banyan.Gateway.Failures;


namespace Banyan.Gateway.Upstreams;

/// <summary>Who uses a connection to an instance, called on its loop.</summary>
internal interface IUpstreamUser
{
    /// <summary>The connection is open.</summary>
    void OnUpstreamConnected(UpstreamConnection connection);

    /// <summary>The connection could not be opened, and is closed.</summary>
    void OnUpstreamFailed(UpstreamConnection connection, Failure failure);

    /// <summary>Something can be read, be it the end.</summary>
    void OnUpstreamReadable(UpstreamConnection connection);

    /// <summary>What was not taken can be sent.</summary>
    void OnUpstreamWritable(UpstreamConnection connection);

    /// <summary>A defect in one of these calls; the connection is closed.</summary>
    void OnUpstreamFault(UpstreamConnection connection);
}
