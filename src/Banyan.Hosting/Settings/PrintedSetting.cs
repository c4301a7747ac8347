namespace Banyan.Hosting.Settings;

/// <summary>One option as it is in force.</summary>
/// <param name="Key">Dotted key.</param>
/// <param name="Value">The value in force; secrets are replaced.</param>
/// <param name="Default">The value when nobody sets it.</param>
/// <param name="Source">Who set it.</param>
public sealed record PrintedSetting(string Key, string? Value, string? Default, SettingSource Source);
