using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Hosting;

/// <summary>How this program reaches a contract in another process.</summary>
internal sealed record RemoteContract(ModuleContract Contract, Action<IServiceCollection, Uri> Register);
