namespace Banyan.Wire.Http2;

/// <summary>What the flags of frames mean; each for some types only.</summary>
internal static class FrameFlags
{
    public const byte None = 0;
    public const byte EndStream = 0x1;
    public const byte Acknowledge = 0x1;
    public const byte EndHeaders = 0x4;
    public const byte Padded = 0x8;
    public const byte Priority = 0x20;
}
