using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Banyan.Chassis;

/// <summary>Says once that there is no Banyan here.</summary>
internal sealed class InertNote(ILogger<InertNote> log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        log.Inert();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
