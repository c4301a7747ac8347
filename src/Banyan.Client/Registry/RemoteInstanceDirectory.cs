using System.Runtime.CompilerServices;
using Banyan.Contracts;
using Banyan.Contracts.Registry;
using Banyan.Contracts.Registry.V1;
using Banyan.Grpc;

namespace Banyan.Client.Registry;

/// <summary>
/// The directory of a registry in another process. The channel stays the caller's. A selection arrives in one message, so the channel's
/// <see cref="GrpcChannelOptions.MaxReceiveMessageSize"/> must fit the largest one; <see cref="MaxMessageSize"/> fits 150,000 instances.
/// </summary>
/// <param name="channel">Leads to the registry's gRPC port.</param>
public sealed class RemoteInstanceDirectory(GrpcChannel channel) : IInstanceDirectory
{
    /// <summary>A message size that fits the whole registry: 256 MiB.</summary>
    public const int MaxMessageSize = 256 * 1024 * 1024;

    private static readonly GrpcCallOptions Unary = new() { Timeout = TimeSpan.FromSeconds(10) };

    /// <inheritdoc/>
    public async ValueTask<LookupResponse> LookupAsync(LookupRequest request, CancellationToken cancellation)
    {
        try
        {
            return await channel.UnaryAsync(RegistryMethods.Lookup, request, Unary, cancellation).ConfigureAwait(false);
        }
        catch (GrpcException e)
        {
            throw RemoteErrors.From(e, channel.Address);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<WatchResponse> WatchAsync(WatchRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var messages = channel.ServerStreamingAsync(RegistryMethods.Watch, request, null, cancellation).GetAsyncEnumerator(cancellation);
        while (true)
        {
            try
            {
                if (!await messages.MoveNextAsync().ConfigureAwait(false))
                {
                    // A watch has no end of its own: the server went away in good order.
                    throw new BanyanException(RemoteErrors.Unreachable, $"The registry at {channel.Address} ended the watch. Watch again.");
                }
            }
            catch (GrpcException e)
            {
                throw RemoteErrors.From(e, channel.Address);
            }

            yield return messages.Current;
        }
    }
}
