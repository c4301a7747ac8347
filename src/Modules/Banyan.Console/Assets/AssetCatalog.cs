using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;

namespace Banyan.Console.Assets;

/// <summary>The style sheet, scripts and icon, out of the assembly. Their address carries a hash over all of them, so browsers may keep them for ever.</summary>
internal sealed class AssetCatalog
{
    private const string Prefix = "asset:";

    private readonly FrozenDictionary<string, Asset> _assets;

    public AssetCatalog()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var names = assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var assets = new Dictionary<string, Asset>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            hash.AppendData(bytes);
            var file = name[Prefix.Length..];
            assets[file] = new Asset(TypeOf(file), bytes);
        }

        Version = Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
        _assets = assets.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public string Version { get; }

    /// <summary>What every asset's address begins with.</summary>
    public string Root => $"/assets/{Version}/";

    public Asset? Find(string version, string file) => version == Version ? _assets.GetValueOrDefault(file) : null;

    private static string TypeOf(string file) => Path.GetExtension(file) switch
    {
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => throw new InvalidOperationException($"The asset '{file}' has an extension without a media type."),
    };

    public sealed record Asset(string Type, ReadOnlyMemory<byte> Bytes);
}
