using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Banyan.Http.Authentication;

/// <summary>All credentials, by name and by hash. Never changes; a change gives a new one.</summary>
internal sealed class CredentialTable
{
    private readonly ImmutableDictionary<string, (StoredCredential Credential, long Revision)> _byName;
    private readonly ImmutableDictionary<string, string> _nameByHash;

    private CredentialTable(ImmutableDictionary<string, (StoredCredential, long)> byName, ImmutableDictionary<string, string> nameByHash) =>
        (_byName, _nameByHash) = (byName, nameByHash);

    public static CredentialTable Empty { get; } = new(ImmutableDictionary<string, (StoredCredential, long)>.Empty, ImmutableDictionary<string, string>.Empty);

    public IEnumerable<StoredCredential> All => _byName.Values.Select(v => v.Credential).OrderBy(c => c.Name, StringComparer.Ordinal);

    /// <summary>Puts what was written at a revision, unless something newer is known already.</summary>
    public CredentialTable With(StoredCredential credential, long revision)
    {
        if (_byName.TryGetValue(credential.Name, out var known) && known.Revision >= revision)
        {
            return this;
        }

        var hashes = Forget(credential.Name).SetItem(Convert.ToHexString(credential.Hash), credential.Name);
        hashes = credential.PreviousHash is { } previous ? hashes.SetItem(Convert.ToHexString(previous), credential.Name) : hashes;
        return new CredentialTable(_byName.SetItem(credential.Name, (credential, revision)), hashes);
    }

    /// <summary>Takes away what was deleted at a revision, unless it was made again since.</summary>
    public CredentialTable Without(string name, long revision) =>
        _byName.TryGetValue(name, out var known) && known.Revision < revision ? new CredentialTable(_byName.Remove(name), Forget(name)) : this;

    public StoredCredential? Find(string token, DateTimeOffset now)
    {
        var hash = CredentialToken.Hash(token);
        if (!_nameByHash.TryGetValue(Convert.ToHexString(hash), out var name))
        {
            return null;
        }

        // The look-up compared a hash, from which time tells nothing of the token; the last word is spoken in constant time all the same.
        var credential = _byName[name].Credential;
        return CryptographicOperations.FixedTimeEquals(hash, credential.Hash)
            || (credential.PreviousHash is { } previous && credential.PreviousUntil > now && CryptographicOperations.FixedTimeEquals(hash, previous))
            ? credential
            : null;
    }

    private ImmutableDictionary<string, string> Forget(string name) => _nameByHash.RemoveRange(_nameByHash.Where(p => p.Value == name).Select(p => p.Key));
}
