namespace Banyan.Gateway.Certificates;

/// <summary>Why a certificate cannot be used.</summary>
/// <param name="OfKey">True when it is the private key's fault. The message never repeats anything of the key.</param>
/// <param name="Message">What is wrong and what would be right.</param>
internal sealed record CertificateProblem(bool OfKey, string Message);
