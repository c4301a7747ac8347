namespace Banyan.Wire.Http2;

/// <summary>The settings of RFC 9113 section 6.5.2, RFC 8441 and RFC 9218. Others are passed over.</summary>
internal enum SettingId : ushort
{
    HeaderTableSize = 0x1,
    EnablePush = 0x2,
    MaxConcurrentStreams = 0x3,
    InitialWindowSize = 0x4,
    MaxFrameSize = 0x5,
    MaxHeaderListSize = 0x6,
    EnableConnectProtocol = 0x8,
    NoPriorities = 0x9,
}
