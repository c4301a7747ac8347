namespace Banyan.Gateway.Exchanges;

/// <summary>Which connection to an instance will do.</summary>
internal enum UpstreamChoice
{
    /// <summary>An idle one, if there is any; a dead one shows itself by its event.</summary>
    Any,

    /// <summary>An idle one that was looked at just now: the request cannot be sent twice.</summary>
    Checked,

    /// <summary>One that nobody has used.</summary>
    Fresh,
}
