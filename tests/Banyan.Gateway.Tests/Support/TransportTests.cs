namespace Banyan.Gateway.Tests.Support;

/// <summary>
/// Tests that hold for every transport: each class of them has one nested class for each transport, which runs all of its tests.
/// </summary>
public abstract class TransportTests(GatewayTransport transport)
{
    protected GatewayTransport Transport { get; } = transport;

    private protected Task<RunningGateway> StartAsync(Action<GatewayOptions>? change = null) => RunningGateway.StartAsync(With(change));

    private protected Task<RunningGateway> ToAsync(int[] ports, Action<GatewayOptions>? change = null, string? timeout = null, string scheme = "http", TimeProvider? clock = null) =>
        RunningGateway.ToAsync(ports, With(change), timeout, scheme, clock);

    private Action<GatewayOptions> With(Action<GatewayOptions>? change) => options =>
    {
        options.Transport = Transport;
        options.Loops = 2;
        change?.Invoke(options);
    };
}
