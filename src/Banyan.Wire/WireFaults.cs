namespace Banyan.Wire;

/// <summary>What people and programs are told about each <see cref="WireFault"/>.</summary>
public static class WireFaults
{
    private static readonly FaultText[] Texts = Fill();

    /// <summary>The name, the status and the words of a fault.</summary>
    public static FaultText Describe(WireFault fault) => Texts[(int)fault];

    private static FaultText[] Fill()
    {
        var texts = new FaultText[(int)WireFault.ReasonInvalid + 1];
        void Add(WireFault fault, string name, int status, string words) => texts[(int)fault] = new FaultText(name, status, words);

        Add(WireFault.None, "none", 0, "Nothing is wrong.");
        Add(WireFault.RequestLineInvalid, "request-line-invalid", 400, "The request line must be method, target and version with one space between them.");
        Add(WireFault.RequestLineTooLong, "request-line-too-long", 414, "The request line is too long. Send a shorter target.");
        Add(WireFault.MethodInvalid, "method-invalid", 400, "The method must be a token. If this is TLS, use the port for https.");
        Add(WireFault.TargetInvalid, "target-invalid", 400, "The target must be of visible ASCII characters. Percent-encode all others.");
        Add(WireFault.TargetFragment, "target-fragment", 400, "The target must not have a fragment. Send it without # and what follows.");
        Add(WireFault.TargetFormInvalid, "target-form-invalid", 400, "The target's form does not fit the method: a path, * with OPTIONS only, host:port with CONNECT only.");
        Add(WireFault.TargetSchemeUnknown, "target-scheme-unknown", 400, "An absolute target must begin with http:// or https://.");
        Add(WireFault.TargetAuthorityInvalid, "target-authority-invalid", 400, "The target's authority must be a host with an optional port, and no user.");
        Add(WireFault.VersionInvalid, "version-invalid", 400, "The version must read HTTP/1.1 or HTTP/1.0.");
        Add(WireFault.VersionUnsupported, "version-unsupported", 505, "Only HTTP/1.1 and HTTP/1.0 are understood on this connection.");
        Add(WireFault.BareCarriageReturn, "bare-carriage-return", 400, "A carriage return must be followed by a line feed.");
        Add(WireFault.BareLineFeed, "bare-line-feed", 400, "Lines must end with CR LF, not with LF alone.");
        Add(WireFault.BlankBeforeFields, "blank-before-fields", 400, "The first line behind the start line must not begin with a blank.");
        Add(WireFault.FieldFolded, "field-folded", 400, "A field must be on one line. Join folded lines by a space.");
        Add(WireFault.FieldNameEmpty, "field-name-empty", 400, "A field must have a name before its colon.");
        Add(WireFault.FieldNameInvalid, "field-name-invalid", 400, "A field's name must be a token.");
        Add(WireFault.FieldNameBlank, "field-name-blank", 400, "There must be no blank between a field's name and its colon.");
        Add(WireFault.FieldColonMissing, "field-colon-missing", 400, "A field line must have a colon.");
        Add(WireFault.FieldValueControl, "field-value-control", 400, "A field's value must not hold control characters.");
        Add(WireFault.HeadTooLarge, "head-too-large", 431, "The head is too large. Send fewer or shorter fields.");
        Add(WireFault.FieldsTooMany, "fields-too-many", 431, "The head has too many fields.");
        Add(WireFault.HostMissing, "host-missing", 400, "A request of HTTP/1.1 must have Host.");
        Add(WireFault.HostRepeated, "host-repeated", 400, "A request must have one Host only.");
        Add(WireFault.HostInvalid, "host-invalid", 400, "Host must be a name or an address with an optional port.");
        Add(WireFault.HostMismatch, "host-mismatch", 400, "Host and the target's authority must be the same.");
        Add(WireFault.ContentLengthInvalid, "content-length-invalid", 400, "Content-Length must be one decimal number.");
        Add(WireFault.ContentLengthRepeated, "content-length-repeated", 400, "Content-Length must be there only once.");
        Add(WireFault.FramingConflict, "framing-conflict", 400, "Content-Length and Transfer-Encoding must not come together.");
        Add(WireFault.TransferCodingInvalid, "transfer-coding-invalid", 400, "Transfer-Encoding must be chunked, once and alone.");
        Add(WireFault.TransferCodingUnknown, "transfer-coding-unknown", 501, "No transfer coding but chunked is understood.");
        Add(WireFault.TransferCodingInHttp10, "transfer-coding-in-http10", 400, "HTTP/1.0 has no Transfer-Encoding.");
        Add(WireFault.ConnectionInvalid, "connection-invalid", 400, "Connection must be a list of tokens.");
        Add(WireFault.ConnectionOptionsTooMany, "connection-options-too-many", 400, "Connection must not name more than 64 options.");
        Add(WireFault.ExpectationUnknown, "expectation-unknown", 417, "No expectation but 100-continue is understood.");
        Add(WireFault.ChunkSizeInvalid, "chunk-size-invalid", 400, "A chunk must begin with its size as 1 to 16 hexadecimal digits.");
        Add(WireFault.ChunkSizeTooLarge, "chunk-size-too-large", 400, "A chunk's size must fit 63 bits.");
        Add(WireFault.ChunkExtensionInvalid, "chunk-extension-invalid", 400, "A chunk extension must be ;name or ;name=value.");
        Add(WireFault.ChunkExtensionTooLong, "chunk-extension-too-long", 400, "The chunk extensions are too long. Send the body without.");
        Add(WireFault.ChunkEndInvalid, "chunk-end-invalid", 400, "A chunk's data must be followed by CR LF.");
        Add(WireFault.TrailerForbidden, "trailer-forbidden", 400, "Content-Length, Transfer-Encoding and Host must not come as trailers.");
        Add(WireFault.TrailersTooLarge, "trailers-too-large", 431, "The trailer section is too large.");
        Add(WireFault.StatusLineInvalid, "status-line-invalid", 502, "An answer must begin with HTTP/1.1 or HTTP/1.0, a space and three digits.");
        Add(WireFault.StatusLineTooLong, "status-line-too-long", 502, "The answer's status line is too long.");
        Add(WireFault.StatusOutOfRange, "status-out-of-range", 502, "The answer's status must be from 100 to 599.");
        Add(WireFault.ReasonInvalid, "reason-invalid", 502, "The answer's reason must not hold control characters.");
        return texts;
    }
}
