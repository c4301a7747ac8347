using System.Text;

namespace Banyan.Gateway.Routing.Actions;

/// <summary>The <c>Host</c> a service sees instead of the client's.</summary>
internal sealed class HostRewrite(string host)
{
    public string Text { get; } = host;

    public byte[] Bytes { get; } = Encoding.ASCII.GetBytes(host);
}
