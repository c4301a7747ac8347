namespace Banyan.Gateway.Certificates;

/// <summary>How often a certificate was given to clients; outlives reloads.</summary>
internal sealed class CertificateUse
{
    private long _handshakes;

    public long Handshakes => Interlocked.Read(ref _handshakes);

    public void Count() => Interlocked.Increment(ref _handshakes);
}
