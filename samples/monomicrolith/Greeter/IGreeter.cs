using Monomicrolith.V1;

namespace Monomicrolith.Greeter;

/// <summary>The contract between the two modules: the same whether the greeter is in this process or in another.</summary>
public interface IGreeter
{
    /// <summary>Greets somebody.</summary>
    ValueTask<GreetResponse> GreetAsync(GreetRequest request, CancellationToken cancellation);
}
