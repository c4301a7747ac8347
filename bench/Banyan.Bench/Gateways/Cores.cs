using System.Globalization;
using Banyan.Bench.Peers;

namespace Banyan.Bench.Gateways;

/// <summary>Who runs where: the gateway under measurement alone on the first processor, the load and the service behind on the second.</summary>
internal sealed class Cores(string? taskset)
{
    private const int Gateway = 0;
    private const int Load = 1;

    /// <summary>True when the processors are really kept apart.</summary>
    public bool Apart => taskset is not null && Environment.ProcessorCount > 1;

    public PeerProcess StartOnGateway(string program, IEnumerable<string> arguments) => Start(Gateway, program, arguments);

    public PeerProcess StartOnLoad(string program, IEnumerable<string> arguments) => Start(Load, program, arguments);

    private PeerProcess Start(int core, string program, IEnumerable<string> arguments) =>
        Apart ? PeerProcess.Start(taskset!, ["-c", core.ToString(CultureInfo.InvariantCulture), program, .. arguments]) : PeerProcess.Start(program, arguments);
}
