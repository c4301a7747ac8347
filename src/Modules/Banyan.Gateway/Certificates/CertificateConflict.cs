namespace Banyan.Gateway.Certificates;

/// <summary>A host, or the place of the default, that a certificate does not get.</summary>
/// <param name="Certificate">Who does not get it.</param>
/// <param name="Holder">Who has it.</param>
/// <param name="Message">For people.</param>
internal sealed record CertificateConflict(string Certificate, string Holder, string Message);
