using System.Text;
using Banyan.Wire.Http1;

namespace Banyan.Wire.Tests.Support;

/// <summary>Parsed heads from text, and texts from what was written.</summary>
internal static class Heads
{
    /// <summary>What writes into a head.</summary>
    public delegate void Writing(ref HeadWriter writer);

    /// <summary>A request with these field lines; each ends with CR LF.</summary>
    public static (byte[] Bytes, RequestHead Head) Request(string fields, string line = "GET / HTTP/1.1") => Parse($"{line}\r\nHost: a.example\r\n{fields}\r\n");

    /// <summary>A whole request.</summary>
    public static (byte[] Bytes, RequestHead Head) Parse(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        var head = new RequestHead();
        Assert.Equal((ParseStatus.Complete, WireFault.None), (RequestParser.Parse(bytes, head, HeadLimits.Default), head.Fault));
        return (bytes, head);
    }

    /// <summary>A whole answer to GET.</summary>
    public static (byte[] Bytes, ResponseHead Head) Answer(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        var head = new ResponseHead();
        Assert.Equal((ParseStatus.Complete, WireFault.None), (ResponseParser.Parse(bytes, head, KnownMethod.Get, HeadLimits.Default), head.Fault));
        return (bytes, head);
    }

    /// <summary>What is written, with lines ended by LF for reading.</summary>
    public static string Written(Writing write)
    {
        var writer = new HeadWriter(new byte[4096]);
        write(ref writer);
        Assert.False(writer.Overflowed);
        return Encoding.Latin1.GetString(writer.Written).Replace("\r\n", "\n", StringComparison.Ordinal);
    }
}
