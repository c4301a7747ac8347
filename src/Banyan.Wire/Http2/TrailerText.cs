using System.Buffers.Binary;
using Banyan.Wire.Fields;

namespace Banyan.Wire.Http2;

/// <summary>Keeps trailers that must wait for data before them: each field as two lengths, its name and its value.</summary>
internal static class TrailerText
{
    private const int Lengths = 2 * sizeof(int);

    public static byte[] Pack(ReadOnlySpan<byte> bytes, FieldTable trailers)
    {
        var size = 0;
        for (var i = 0; i < trailers.Count; i++)
        {
            size += trailers[i].IsHop ? 0 : Lengths + trailers[i].Name.Length + trailers[i].Value.Length;
        }

        var text = new byte[size];
        var rest = text.AsSpan();
        for (var i = 0; i < trailers.Count; i++)
        {
            ref readonly var field = ref trailers[i];
            if (!field.IsHop)
            {
                BinaryPrimitives.WriteInt32LittleEndian(rest, field.Name.Length);
                BinaryPrimitives.WriteInt32LittleEndian(rest[sizeof(int)..], field.Value.Length);
                field.Name.Of(bytes).CopyTo(rest[Lengths..]);
                field.Value.Of(bytes).CopyTo(rest[(Lengths + field.Name.Length)..]);
                rest = rest[(Lengths + field.Name.Length + field.Value.Length)..];
            }
        }

        return text;
    }

    // Writes the fields into the head that was begun.
    public static void Unpack(ReadOnlySpan<byte> text, Http2Session session)
    {
        while (!text.IsEmpty)
        {
            var nameLength = BinaryPrimitives.ReadInt32LittleEndian(text);
            var valueLength = BinaryPrimitives.ReadInt32LittleEndian(text[sizeof(int)..]);
            var name = text.Slice(Lengths, nameLength);
            session.Field(name, text.Slice(Lengths + nameLength, valueLength), FieldNames.Identify(name));
            text = text[(Lengths + nameLength + valueLength)..];
        }
    }
}
