using System.Runtime.InteropServices;

namespace Banyan.Loops.Tls;

/// <summary>OpenSSL 3: what the loops need of libcrypto.</summary>
internal static unsafe partial class LibCrypto
{
    public const int BioRead = 0x1;
    public const int BioShouldRetry = 0x8;
    public const int BioSourceSink = 0x400;
    public const int BioControlEnd = 2;
    public const int BioControlFlush = 11;

    private const string Name = NativeTls.CryptoLibrary;

    [LibraryImport(Name, EntryPoint = "OpenSSL_version_num")]
    public static partial nuint Version();

    [LibraryImport(Name, EntryPoint = "ERR_clear_error"), SuppressGCTransition]
    public static partial void ClearErrors();

    [LibraryImport(Name, EntryPoint = "ERR_get_error")]
    public static partial nuint NextError();

    [LibraryImport(Name, EntryPoint = "ERR_reason_error_string")]
    public static partial byte* ErrorReason(nuint error);

    [LibraryImport(Name, EntryPoint = "X509_verify_cert_error_string")]
    public static partial byte* VerifyReason(nint result);

    [LibraryImport(Name, EntryPoint = "BIO_get_new_index")]
    public static partial int BioNewIndex();

    [LibraryImport(Name, EntryPoint = "BIO_meth_new")]
    public static partial nint BioMethodNew(int type, byte* name);

    [LibraryImport(Name, EntryPoint = "BIO_meth_set_write")]
    public static partial int BioMethodWrite(nint method, void* callback);

    [LibraryImport(Name, EntryPoint = "BIO_meth_set_read")]
    public static partial int BioMethodRead(nint method, void* callback);

    [LibraryImport(Name, EntryPoint = "BIO_meth_set_ctrl")]
    public static partial int BioMethodControl(nint method, void* callback);

    [LibraryImport(Name, EntryPoint = "BIO_new")]
    public static partial nint BioNew(nint method);

    [LibraryImport(Name, EntryPoint = "BIO_free")]
    public static partial int BioFree(nint bio);

    [LibraryImport(Name, EntryPoint = "BIO_set_init")]
    public static partial void BioSetReady(nint bio, int ready);

    [LibraryImport(Name, EntryPoint = "BIO_set_flags"), SuppressGCTransition]
    public static partial void BioSetFlags(nint bio, int flags);

    [LibraryImport(Name, EntryPoint = "BIO_clear_flags"), SuppressGCTransition]
    public static partial void BioClearFlags(nint bio, int flags);

    [LibraryImport(Name, EntryPoint = "BIO_new_mem_buf")]
    public static partial nint BioOfMemory(byte* bytes, int length);

    [LibraryImport(Name, EntryPoint = "PEM_read_bio_X509")]
    public static partial nint ReadCertificate(nint bio, nint* into, void* callback, byte* password);

    [LibraryImport(Name, EntryPoint = "PEM_read_bio_PrivateKey")]
    public static partial nint ReadKey(nint bio, nint* into, void* callback, byte* password);

    [LibraryImport(Name, EntryPoint = "X509_free")]
    public static partial void CertificateFree(nint certificate);

    [LibraryImport(Name, EntryPoint = "i2d_X509")]
    public static partial int CertificateBytes(nint certificate, byte** into);

    [LibraryImport(Name, EntryPoint = "EVP_PKEY_free")]
    public static partial void KeyFree(nint key);

    [LibraryImport(Name, EntryPoint = "X509_STORE_add_cert")]
    public static partial int StoreAdd(nint store, nint certificate);

    [LibraryImport(Name, EntryPoint = "X509_VERIFY_PARAM_set1_ip_asc")]
    public static partial int ExpectAddress(nint parameters, byte* address);

    [LibraryImport(Name, EntryPoint = "EVP_aes_256_cbc")]
    public static partial nint Aes256Cbc();

    [LibraryImport(Name, EntryPoint = "EVP_EncryptInit_ex")]
    public static partial int EncryptInit(nint context, nint cipher, nint engine, byte* key, byte* vector);

    [LibraryImport(Name, EntryPoint = "EVP_DecryptInit_ex")]
    public static partial int DecryptInit(nint context, nint cipher, nint engine, byte* key, byte* vector);

    [LibraryImport(Name, EntryPoint = "EVP_MAC_CTX_set_params")]
    public static partial int MacParameters(nint context, NativeParameter* parameters);
}
