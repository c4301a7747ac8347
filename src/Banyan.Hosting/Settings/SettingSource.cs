namespace Banyan.Hosting.Settings;

/// <summary>Who set a value; a later one wins over an earlier one.</summary>
public enum SettingSource
{
    /// <summary>The program's own value.</summary>
    Default,

    /// <summary>The configuration file.</summary>
    File,

    /// <summary>An environment variable <c>BANYAN__SECTION__KEY</c>.</summary>
    Environment,

    /// <summary>The command line.</summary>
    Flag,
}
