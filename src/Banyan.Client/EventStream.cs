using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Banyan.Contracts;

namespace Banyan.Client;

/// <summary>Reads server-sent events and turns a broken connection into the client's own error.</summary>
internal static class EventStream
{
    public static async IAsyncEnumerable<(string Type, string? Id, string Data)> ReadAsync(
        BanyanClient client, string path, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var response = await client.SendAsync(HttpMethod.Get, path, null, null, cancellation).ConfigureAwait(false);
        using var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var parser = SseParser.Create(body);
        var events = parser.EnumerateAsync(cancellation).GetAsyncEnumerator(cancellation);
        try
        {
            while (true)
            {
                bool more;
                try
                {
                    more = await events.MoveNextAsync().ConfigureAwait(false);
                }
                catch (Exception lost) when (lost is IOException or HttpRequestException)
                {
                    throw new BanyanException(ClientErrors.Unreachable, $"The connection to {client.Address} was lost while watching. Watch again.", lost);
                }

                if (!more)
                {
                    yield break;
                }

                yield return (events.Current.EventType, events.Current.EventId, events.Current.Data);
            }
        }
        finally
        {
            await events.DisposeAsync().ConfigureAwait(false);
        }
    }
}
