namespace Banyan.Gateway.Routing;

/// <summary>The header fields of one request, for routes that look at them. Asked on the thread of the request; must not allocate when it serves the loops.</summary>
internal interface IFieldSource
{
    /// <summary>Gives one field line.</summary>
    /// <param name="head">What <see cref="RequestMatch.Head"/> holds.</param>
    /// <param name="name">The field's name in lower case.</param>
    /// <param name="occurrence">0 for the first line of that name, 1 for the second, …</param>
    /// <param name="value">The value without surrounding blanks; valid as long as the request's head is.</param>
    /// <returns>False when there are not so many lines.</returns>
    bool TryGetField(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name, int occurrence, out ReadOnlySpan<byte> value);
}
