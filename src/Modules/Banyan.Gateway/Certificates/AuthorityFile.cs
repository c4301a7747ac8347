using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Banyan.Contracts;
using Banyan.Hosting;

namespace Banyan.Gateway.Certificates;

/// <summary>A file with the certificates of authorities, as PEM. Read once, at the start.</summary>
internal static class AuthorityFile
{
    /// <summary>The certificates.</summary>
    /// <param name="path">The file.</param>
    /// <param name="setting">The setting that names it, for the message.</param>
    /// <exception cref="HostStartException">It cannot be read, or there is none in it.</exception>
    public static X509Certificate2Collection Read(string path, string setting)
    {
        var authorities = new X509Certificate2Collection();
        var problem = "there is no certificate in it";
        try
        {
            authorities.ImportFromPemFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            problem = e.Message.TrimEnd('.');
        }

        return authorities.Count > 0
            ? authorities
            : throw new HostStartException(
                HostErrors.BadSettings, ExitCodes.InvalidInput, $"{setting}: '{path}' cannot be used: {problem}. It must hold the authorities' certificates as PEM.");
    }
}
