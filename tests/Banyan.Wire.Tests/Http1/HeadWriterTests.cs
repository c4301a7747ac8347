using System.Text;
using Banyan.Testing.Corpus;
using Banyan.Wire.Fields;
using Banyan.Wire.Http1;
using Banyan.Wire.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Banyan.Wire.Tests.Http1;

public sealed class HeadWriterTests
{
    private const string TokenBytes = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly Gen<string> Token = Gen.NonEmptyListOf(Gen.Elements(TokenBytes.ToCharArray())).Select(list => string.Concat(list));

    private static readonly Gen<string> Value = Gen.ListOf(Gen.Elements([.. Enumerable.Range(0, 256).Where(b => b is >= 0x20 and not 0x7f or '\t').Select(b => (char)b)]))
        .Select(list => string.Concat(list).Trim(' ', '\t'));

    [Fact]
    public void Heads_are_written_in_one_form()
    {
        Assert.Equal("GET /a?b HTTP/1.1\nHost: a\nContent-Length: 9223372036854775807\nX: a1\n\n", Heads.Written((ref HeadWriter writer) =>
        {
            writer.RequestLine("GET"u8, "/a?b"u8);
            writer.Field("Host"u8, "a"u8);
            writer.Field("Content-Length"u8, long.MaxValue);
            writer.BeginField("X"u8);
            writer.Value("a"u8);
            writer.Number(1);
            writer.EndField();
            writer.End();
        }));
        Assert.Equal("HTTP/1.1 200 OK\n\n", Heads.Written((ref HeadWriter writer) =>
        {
            writer.StatusLine(200, "OK"u8);
            writer.End();
        }));
    }

    [Fact]
    public void Field_that_was_parsed_is_written_as_it_came()
    {
        var (bytes, head) = Heads.Request("X-One:  a b \r\n");

        Assert.Equal("X-One: a b\n", Heads.Written((ref HeadWriter writer) => writer.Field(bytes, head.Fields[1])));
    }

    [Fact]
    public void What_is_written_is_read_as_the_same()
    {
        var fields = Gen.ListOf(Token.Zip(Value, (name, value) => (Name: "X-" + name, Value: value)));
        Prop.ForAll(Arb.From(Token.Where(t => t != "CONNECT").Zip(fields, (method, list) => (method, list.ToArray()))), given =>
        {
            var (method, list) = given;
            var writer = new HeadWriter(new byte[64 * 1024]);
            writer.RequestLine(Encoding.ASCII.GetBytes(method), "/x"u8);
            writer.Field("Host"u8, "a"u8);
            foreach (var (name, value) in list)
            {
                writer.Field(Encoding.Latin1.GetBytes(name), Encoding.Latin1.GetBytes(value));
            }

            writer.End();
            var bytes = writer.Written.ToArray();
            var head = new RequestHead();

            Assert.Equal((ParseStatus.Complete, WireFault.None), (RequestParser.Parse(bytes, head, HeadLimits.Default with { MaxFields = 1000 }), head.Fault));
            Assert.Equal(bytes.Length, head.Length);
            Assert.Equal(method, Encoding.ASCII.GetString(head.MethodText.Of(bytes)));
            Assert.Equal(list, Enumerable.Range(1, head.Fields.Count - 1).Select(i => (Text(bytes, head.Fields[i].Name), Text(bytes, head.Fields[i].Value))));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(20_260_101, 1));
    }

    [Fact]
    public void Every_request_of_the_corpus_that_is_passed_on_is_read_as_the_same_and_passed_on_as_the_same()
    {
        foreach (var message in CorpusReader.ReadAll().Where(c => c.IsRequest && c.IsAccepted))
        {
            var head = new RequestHead();
            Assert.Equal(ParseStatus.Complete, RequestParser.Parse(message.Bytes, head, HeadLimits.Default));
            var once = PassOn(message.Bytes, head);

            Assert.Equal((ParseStatus.Complete, WireFault.None), (RequestParser.Parse(once, head, HeadLimits.Default), head.Fault));
            Assert.Equal((message.Name, once.Length), (message.Name, head.Length));
            Assert.Equal(Encoding.Latin1.GetString(once), Encoding.Latin1.GetString(PassOn(once, head)));
        }
    }

    [Fact]
    public void Overflow_is_said_whatever_does_not_fit()
    {
        var (bytes, head) = Heads.Request("X-A: 1\r\n");
        for (var room = 0; room < 60; room++)
        {
            var writer = new HeadWriter(new byte[room]);
            writer.RequestLine("GET"u8, "/"u8);
            writer.Fields(bytes, head.Fields, default);
            writer.Field("Content-Length"u8, 5);
            writer.End();

            Assert.Equal((room, room < 16 + 17 + 8 + 19 + 2), (room, writer.Overflowed));
        }
    }

    [Theory]
    [InlineData("X A", "1")]
    [InlineData("", "1")]
    [InlineData("X\r\nY", "1")]
    [InlineData("X", "1\r\nY: 2")]
    [InlineData("X", "1\0")]
    [InlineData("X", "1\n")]
    public void Field_that_would_become_another_is_not_written(string name, string value) =>
        Assert.Throws<ArgumentException>(() => Heads.Written((ref HeadWriter writer) => writer.Field(Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(value))));

    [Theory]
    [InlineData(99)]
    [InlineData(600)]
    public void StatusLine_has_a_status(int status) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Heads.Written((ref HeadWriter writer) => writer.StatusLine(status, default)));

    private static byte[] PassOn(byte[] bytes, RequestHead head)
    {
        var writer = new HeadWriter(new byte[64 * 1024]);
        writer.RequestLine(head.MethodText.Of(bytes), head.Target.Of(bytes));
        writer.Field("Host"u8, head.Authority.Of(bytes));
        writer.Fields(bytes, head.Fields, FieldSet.Of(FieldId.Host, FieldId.ContentLength));
        if (head.Framing == BodyFraming.Length)
        {
            writer.Field("Content-Length"u8, head.ContentLength);
        }
        else if (head.Framing == BodyFraming.Chunked)
        {
            writer.Field("Transfer-Encoding"u8, "chunked"u8);
        }

        writer.End();
        Assert.False(writer.Overflowed);
        return writer.Written.ToArray();
    }

    private static string Text(byte[] bytes, Slice slice) => Encoding.Latin1.GetString(slice.Of(bytes));
}
