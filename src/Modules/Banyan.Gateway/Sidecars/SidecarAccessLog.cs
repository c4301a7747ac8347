using Banyan.Gateway.AccessLog;
using Microsoft.Extensions.Logging;

namespace Banyan.Gateway.Sidecars;

/// <summary>Writes the sidecar's access log.</summary>
internal sealed class SidecarAccessLog(Sidecar sidecar, ILoggerFactory logs, TimeProvider clock) : AccessLogWriter(sidecar.AccessLog, logs, clock);
