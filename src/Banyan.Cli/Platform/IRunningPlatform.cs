namespace Banyan.Cli.Platform;

/// <summary>The platform while it runs inside this process. Disposing stops it in order.</summary>
public interface IRunningPlatform : IAsyncDisposable
{
    /// <summary>Where the HTTP API and the console answer, for example <c>http://127.0.0.1:7400</c>.</summary>
    Uri HttpUrl { get; }

    /// <summary>Where the contracts answer by gRPC.</summary>
    Uri GrpcUrl { get; }

    /// <summary>Where the gateway answers.</summary>
    Uri GatewayUrl { get; }

    /// <summary>The file with the administrator's token.</summary>
    string AdminTokenFile { get; }

    /// <summary>The data directory in use.</summary>
    string DataDirectory { get; }

    /// <summary>Ends with the exit code when the platform stops by itself or after <see cref="IAsyncDisposable.DisposeAsync"/>.</summary>
    Task<int> Completion { get; }
}
