using System.Collections.Concurrent;

namespace Banyan.Hosting;

/// <summary>Addresses of listeners that modules opened themselves, with their real ports. In the services of every module; a module adds its own when it starts.</summary>
public sealed class ModuleUrls
{
    private readonly ConcurrentDictionary<string, Uri> _urls = new(StringComparer.Ordinal);

    /// <summary>Says where a module listens.</summary>
    /// <param name="name">The module's name, or <c>module/listener</c> when it has more than one.</param>
    /// <param name="url">An address that a client on this machine can use.</param>
    public void Set(string name, Uri url) => _urls[name] = url;

    /// <summary>Where a module listens; null when it opened nothing.</summary>
    public Uri? Find(string name) => _urls.GetValueOrDefault(name);
}
