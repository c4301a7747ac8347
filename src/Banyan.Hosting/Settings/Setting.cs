namespace Banyan.Hosting.Settings;

/// <summary>One value somebody set.</summary>
/// <param name="Key">Dotted key as it was written: <c>gateway.http</c>.</param>
/// <param name="Value">Its text.</param>
/// <param name="Source">Who set it.</param>
/// <param name="Origin">Where exactly, for messages: <c>file /etc/banyan.json</c>, <c>environment variable BANYAN__GATEWAY__HTTP</c>, <c>command line</c>.</param>
public sealed record Setting(string Key, string Value, SettingSource Source, string Origin);
