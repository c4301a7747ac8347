namespace Banyan.Wire;

/// <summary>Why a message was refused. <see cref="WireFaults"/> has the stable name, the status and the words of each.</summary>
public enum WireFault : byte
{
    /// <summary>Nothing was refused.</summary>
    None,

    /// <summary>Not method, target and version with one space between them.</summary>
    RequestLineInvalid,

    /// <summary>The request line exceeds its limit.</summary>
    RequestLineTooLong,

    /// <summary>The method is not a token.</summary>
    MethodInvalid,

    /// <summary>The target is empty, or holds bytes no target has.</summary>
    TargetInvalid,

    /// <summary>The target has a fragment.</summary>
    TargetFragment,

    /// <summary>The form of the target does not fit the method.</summary>
    TargetFormInvalid,

    /// <summary>An absolute target whose scheme is neither http nor https.</summary>
    TargetSchemeUnknown,

    /// <summary>The authority of the target is empty or malformed, or holds a user.</summary>
    TargetAuthorityInvalid,

    /// <summary>What stands for the version is none.</summary>
    VersionInvalid,

    /// <summary>A version other than 1.0 and 1.1.</summary>
    VersionUnsupported,

    /// <summary>A carriage return that no line feed follows.</summary>
    BareCarriageReturn,

    /// <summary>A line feed that no carriage return precedes.</summary>
    BareLineFeed,

    /// <summary>A blank before the first field.</summary>
    BlankBeforeFields,

    /// <summary>A field continued on the next line.</summary>
    FieldFolded,

    /// <summary>A field without a name.</summary>
    FieldNameEmpty,

    /// <summary>A byte in a field's name that no token has.</summary>
    FieldNameInvalid,

    /// <summary>A blank between a field's name and the colon.</summary>
    FieldNameBlank,

    /// <summary>A field line without a colon.</summary>
    FieldColonMissing,

    /// <summary>NUL or another control byte in a field's value.</summary>
    FieldValueControl,

    /// <summary>The head exceeds its limit in bytes.</summary>
    HeadTooLarge,

    /// <summary>More fields than the limit.</summary>
    FieldsTooMany,

    /// <summary>HTTP/1.1 without Host.</summary>
    HostMissing,

    /// <summary>More than one Host.</summary>
    HostRepeated,

    /// <summary>Host is no host with an optional port.</summary>
    HostInvalid,

    /// <summary>Host differs from the authority of the target.</summary>
    HostMismatch,

    /// <summary>Content-Length is not one decimal number that fits 63 bits.</summary>
    ContentLengthInvalid,

    /// <summary>Content-Length is there more than once.</summary>
    ContentLengthRepeated,

    /// <summary>Content-Length and Transfer-Encoding together.</summary>
    FramingConflict,

    /// <summary>Transfer-Encoding is empty, repeated, malformed, or chunked is not its last coding.</summary>
    TransferCodingInvalid,

    /// <summary>A transfer coding other than chunked.</summary>
    TransferCodingUnknown,

    /// <summary>Transfer-Encoding in HTTP/1.0.</summary>
    TransferCodingInHttp10,

    /// <summary>Connection holds something that is no token.</summary>
    ConnectionInvalid,

    /// <summary>Connection names more options than anybody needs.</summary>
    ConnectionOptionsTooMany,

    /// <summary>An expectation other than 100-continue.</summary>
    ExpectationUnknown,

    /// <summary>A chunk's size is not 1 to 16 hexadecimal digits.</summary>
    ChunkSizeInvalid,

    /// <summary>A chunk's size exceeds 63 bits.</summary>
    ChunkSizeTooLarge,

    /// <summary>A chunk extension is malformed.</summary>
    ChunkExtensionInvalid,

    /// <summary>The chunk extensions of one body exceed their limit.</summary>
    ChunkExtensionTooLong,

    /// <summary>No CRLF where a chunk's data end.</summary>
    ChunkEndInvalid,

    /// <summary>A field that frames or routes stands in the trailer section.</summary>
    TrailerForbidden,

    /// <summary>The trailer section exceeds its limit in bytes.</summary>
    TrailersTooLarge,

    /// <summary>An answer does not begin with version and three digits.</summary>
    StatusLineInvalid,

    /// <summary>The status line exceeds its limit.</summary>
    StatusLineTooLong,

    /// <summary>A status outside 100 to 599.</summary>
    StatusOutOfRange,

    /// <summary>A control byte in the reason.</summary>
    ReasonInvalid,
}
