using Banyan.Contracts;
using Banyan.Resources;
using Microsoft.Extensions.Logging;

namespace Banyan.Http.Authentication;

/// <summary>The first credentials: their tokens stand in files of the data directory that only its owner can read.</summary>
public sealed class TokenFiles(StoreCredentials credentials, ILogger<TokenFiles> log)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Creates <c>admin.token</c> and <c>reader.token</c> and their credentials where they are missing.</summary>
    public async Task PrepareAsync(string directory, CancellationToken ct)
    {
        Directory.CreateDirectory(directory);
        await PrepareAsync("admin", ActorRole.Administrator, PathOf(directory, "admin"), ct);
        await PrepareAsync("reader", ActorRole.Reader, PathOf(directory, "reader"), ct);
    }

    /// <summary>Writes a rotated token to its file, when this directory has one for the credential.</summary>
    public void Update(string directory, IssuedCredential issued)
    {
        var path = PathOf(directory, issued.Credential.Name);
        if (issued.Credential.Name is "admin" or "reader" && File.Exists(path))
        {
            Write(path, issued.Token);
            HttpLog.TokenWritten(log, issued.Credential.Name, path);
        }
    }

    /// <summary>Where a credential's token stands.</summary>
    public static string PathOf(string directory, string name) => Path.Combine(directory, name + ".token");

    private async Task PrepareAsync(string name, ActorRole role, string path, CancellationToken ct)
    {
        var stored = await credentials.FindAsync(name, ct);
        if (File.Exists(path))
        {
            Tighten(path, name);
            var token = (await File.ReadAllTextAsync(path, ct)).Trim();
            if (stored is null && CredentialToken.LooksRight(token))
            {
                // The file came first and the process died, or the store was begun anew: the token people have stays good.
                await CreateAsync(name, role, token, ct);
            }
            else if (stored is not null && !stored.Hash.AsSpan().SequenceEqual(CredentialToken.Hash(token)))
            {
                HttpLog.TokenFileStale(log, path, name);
            }

            return;
        }

        if (stored is not null)
        {
            HttpLog.TokenFileMissing(log, path, name);
            return;
        }

        // File before store: a token in the store that stands in no file would lock everybody out.
        var fresh = CredentialToken.Create(role);
        Write(path, fresh);
        await CreateAsync(name, role, fresh, ct);
        HttpLog.TokenWritten(log, name, path);
    }

    private async Task CreateAsync(string name, ActorRole role, string token, CancellationToken ct)
    {
        try
        {
            await credentials.CreateAsync(name, role, null, null, token, Actor.System, ct);
        }
        catch (BanyanException e) when (e.Error == HttpErrors.CredentialExists)
        {
            // Another process was faster; its file has the token that counts.
            HttpLog.TokenFileStale(log, PathOf(string.Empty, name), name);
        }
    }

    private static void Write(string path, string token)
    {
        // Never readable by others, not even for a moment; and never half written.
        var fresh = path + ".new";
        File.Delete(fresh);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using (var file = new StreamWriter(fresh, options))
        {
            file.WriteLine(token);
        }

        File.Move(fresh, path, overwrite: true);
    }

    private void Tighten(string path, string name)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnly) != 0)
        {
            File.SetUnixFileMode(path, OwnerOnly);
            HttpLog.TokenFileTightened(log, path, name);
        }
    }
}
