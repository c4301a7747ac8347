using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Banyan.Contracts;
using Banyan.Contracts.Registry;
using Banyan.Contracts.Registry.V1;
using Banyan.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Gateway.Tests.Support;

/// <summary>A registry of a test: tells what the test says, and remembers what it is told.</summary>
internal sealed class GivenRegistry : IModule, IInstanceDirectory, IInstanceRegistrar
{
    private static readonly ErrorCode AwayError = new("registry/away", ErrorKind.Unavailable, "The registry is away");

    private readonly Channel<WatchResponse?> _messages = Channel.CreateUnbounded<WatchResponse?>();

    public string Name => "given";

    public string Summary => "registry of a test";

    public IReadOnlyList<ModuleContract> Provides => [WellKnownContracts.Directory, WellKnownContracts.Registrar];

    /// <summary>What was called, in order: <c>register default/pets/pets-1 127.0.0.1:80</c>, <c>drain …</c>, <c>deregister …</c>; heartbeats are left out.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>The domain that was asked for last.</summary>
    public string? Watched { get; private set; }

    /// <summary>True: every call fails.</summary>
    public bool Away { get; set; }

    /// <summary>Runs inside each registration, after it has taken effect.</summary>
    public Func<Task> OnRegister { get; set; } = () => Task.CompletedTask;

    /// <summary>Runs inside the next drain.</summary>
    public Func<Task> OnDrain { get; set; } = () => Task.CompletedTask;

    public void AddServices(ModuleBuilder module) => module.Services.AddSingleton<IInstanceDirectory>(this).AddSingleton<IInstanceRegistrar>(this);

    /// <summary>These are all instances there are.</summary>
    public void Tell(params Instance[] instances) => _messages.Writer.TryWrite(new WatchResponse { Reset = true, Changed = { instances } });

    /// <summary>Ends the watch.</summary>
    public void Break() => _messages.Writer.TryWrite(null);

    public ValueTask<LookupResponse> LookupAsync(LookupRequest request, CancellationToken cancellation) => throw new NotSupportedException();

    public async IAsyncEnumerable<WatchResponse> WatchAsync(WatchRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Check();
        Watched = request.Domain;
        await foreach (var message in _messages.Reader.ReadAllAsync(cancellation))
        {
            yield return message ?? throw new BanyanException(AwayError, "The connection was lost.");
        }
    }

    public async ValueTask<RegisterResponse> RegisterAsync(RegisterRequest request, CancellationToken cancellation)
    {
        Check();
        var i = request.Instance;
        Calls.Enqueue($"register {i.Domain}/{i.Service}/{i.Id} {i.Scheme}://{i.Host}:{i.Port} check {request.Check?.Http?.Path ?? "none"}");
        await OnRegister().WaitAsync(cancellation);
        return new RegisterResponse();
    }

    public ValueTask<HeartbeatResponse> HeartbeatAsync(HeartbeatRequest request, CancellationToken cancellation)
    {
        Check();
        return ValueTask.FromResult(new HeartbeatResponse());
    }

    public async ValueTask<DrainResponse> DrainAsync(DrainRequest request, CancellationToken cancellation)
    {
        Check();
        Calls.Enqueue($"drain {request.Key.Domain}/{request.Key.Service}/{request.Key.Id}");
        await OnDrain();
        return new DrainResponse();
    }

    public ValueTask<DeregisterResponse> DeregisterAsync(DeregisterRequest request, CancellationToken cancellation)
    {
        Check();
        Calls.Enqueue($"deregister {request.Key.Domain}/{request.Key.Service}/{request.Key.Id}");
        return ValueTask.FromResult(new DeregisterResponse());
    }

    private void Check()
    {
        if (Away)
        {
            throw new BanyanException(AwayError, "The registry is away.");
        }
    }
}
