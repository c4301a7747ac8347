using Banyan.Gateway.AccessLog;
using Banyan.Gateway.Clusters;
using Banyan.Gateway.Failures;
using Banyan.Gateway.Retries;
using Banyan.Gateway.Routing;

namespace Banyan.Gateway.Exchanges;

/// <summary>How one request went; see <see cref="RequestRecord"/>, which is made of it when it is told.</summary>
internal readonly record struct ExchangeOutcome(
    Route? Route,
    Endpoint? Endpoint,
    int Status,
    FailureReason Reason,
    int Retries,
    HedgeOutcome Hedge,
    bool Tunnel,
    long BytesIn,
    long BytesOut,
    long Began,
    long Sent,
    long HeadReceived,
    long Ended);
