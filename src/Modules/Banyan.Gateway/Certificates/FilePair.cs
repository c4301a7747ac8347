using System.Text;

namespace Banyan.Gateway.Certificates;

/// <summary>
/// A certificate and its key in two files that others write. They are small, so each look reads and compares them: that notices what times and lengths hide. What is
/// half written, or replaced only by half, does not fit together, and is read again once it has changed again.
/// </summary>
internal sealed class FilePair(string certificatePath, string keyPath)
{
    private const int MostBytes = 256 * 1024;

    private (string Text, string? Failure) _certificate;
    private (string Text, string? Failure) _key;
    private bool _read;

    /// <summary>Looks at the files.</summary>
    /// <param name="material">What is in them; null when nothing changed or it cannot be used.</param>
    /// <param name="problem">Why it cannot be used; null when it can, or nothing changed.</param>
    /// <returns>True at the first look, and when they have changed since the last one.</returns>
    public bool TryReload(out CertificateMaterial? material, out string? problem)
    {
        material = null;
        problem = null;
        var certificate = Read(certificatePath);
        var key = Read(keyPath);
        if (_read && certificate == _certificate && key == _key)
        {
            return false;
        }

        (_certificate, _key, _read) = (certificate, key, true);
        problem = certificate.Failure ?? key.Failure;
        if (problem is null)
        {
            material = CertificateMaterial.Read(certificate.Text, key.Text, out var fault);
            problem = fault is null ? null : $"'{(fault.OfKey ? keyPath : certificatePath)}': {fault.Message}";
        }

        return true;
    }

    private static (string Text, string? Failure) Read(string path)
    {
        try
        {
            using var handle = File.OpenHandle(path);
            var bytes = new byte[MostBytes + 1];
            var count = RandomAccess.Read(handle, bytes, 0);
            return count > MostBytes
                ? (string.Empty, $"'{path}' has more than {MostBytes} bytes; that is no PEM file of a certificate.")
                : (Encoding.Latin1.GetString(bytes, 0, count), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (string.Empty, $"'{path}' cannot be read: {e.Message.TrimEnd('.')}. Put the file there, readable for the user the gateway runs as.");
        }
    }
}
