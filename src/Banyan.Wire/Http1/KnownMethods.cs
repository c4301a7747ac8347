namespace Banyan.Wire.Http1;

/// <summary>What a method promises.</summary>
public static class KnownMethods
{
    /// <summary>The method of this name. Methods are case-sensitive: <c>get</c> is another one.</summary>
    public static KnownMethod Identify(ReadOnlySpan<byte> name) => name.Length switch
    {
        3 when name.SequenceEqual("GET"u8) => KnownMethod.Get,
        3 when name.SequenceEqual("PUT"u8) => KnownMethod.Put,
        4 when name.SequenceEqual("POST"u8) => KnownMethod.Post,
        4 when name.SequenceEqual("HEAD"u8) => KnownMethod.Head,
        5 when name.SequenceEqual("PATCH"u8) => KnownMethod.Patch,
        5 when name.SequenceEqual("TRACE"u8) => KnownMethod.Trace,
        6 when name.SequenceEqual("DELETE"u8) => KnownMethod.Delete,
        7 when name.SequenceEqual("OPTIONS"u8) => KnownMethod.Options,
        7 when name.SequenceEqual("CONNECT"u8) => KnownMethod.Connect,
        _ => KnownMethod.Other,
    };

    /// <summary>True when the client asks for nothing to change (RFC 9110 section 9.2.1).</summary>
    public static bool IsSafe(this KnownMethod method) => method is KnownMethod.Get or KnownMethod.Head or KnownMethod.Options or KnownMethod.Trace;

    /// <summary>True when doing it twice has the effect of once (RFC 9110 section 9.2.2).</summary>
    public static bool IsIdempotent(this KnownMethod method) => method.IsSafe() || method is KnownMethod.Put or KnownMethod.Delete;
}
