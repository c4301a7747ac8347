using System.Security.Cryptography;
using System.Text;
using Banyan.Hosting;
using Banyan.Http.Authentication;
using Banyan.Resources;

namespace Banyan.Platform;

/// <summary>For a process that does not reach the store, as a sidecar: the one token it knows is its own, and whoever shows that may read what the process tells of itself.</summary>
internal sealed class ProcessCredentials(ProcessToken own) : ICredentials
{
    public ValueTask<Actor?> VerifyAsync(string token, string address, CancellationToken ct) =>
        ValueTask.FromResult(own.Read() is { } known && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(known), Encoding.UTF8.GetBytes(token))
            ? new Actor("process", ActorRole.Reader, null, null, address)
            : null);

    public Task<IReadOnlyList<Credential>> ListAsync(CancellationToken ct) => throw Elsewhere();

    public Task<IssuedCredential> CreateAsync(string name, ActorRole role, string? domain, string? service, Actor by, CancellationToken ct) => throw Elsewhere();

    public Task<IssuedCredential> RotateAsync(string name, TimeSpan overlap, Actor by, CancellationToken ct) => throw Elsewhere();

    public Task DeleteAsync(string name, Actor by, CancellationToken ct) => throw Elsewhere();

    private static NotSupportedException Elsewhere() => new("This process keeps no credentials. Ask a server.");
}
