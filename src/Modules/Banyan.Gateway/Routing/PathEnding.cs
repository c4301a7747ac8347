namespace Banyan.Gateway.Routing;

/// <summary>What may follow the segments of a pattern. In the order in which they are tried at one place: the narrower first.</summary>
internal enum PathEnding
{
    /// <summary>Nothing: exact paths and templates.</summary>
    Whole,

    /// <summary>What the regular expression says, which sees the whole path.</summary>
    Regex,

    /// <summary>Nothing, or a slash and anything: prefixes, and templates that end in <c>{*rest}</c>.</summary>
    Below,
}
