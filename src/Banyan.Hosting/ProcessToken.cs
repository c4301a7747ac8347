namespace Banyan.Hosting;

/// <summary>The token this process shows to others, from its file. Read again every few seconds, so that a rotation needs no restart.</summary>
public sealed class ProcessToken(HostOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private string? _token;
    private long _readAt;

    /// <summary>The token, or null when the file is not there: the other side then says what is missing.</summary>
    public string? Read()
    {
        lock (_lock)
        {
            if (_token is null || clock.GetElapsedTime(_readAt) > Fresh)
            {
                var file = options.TokenFile ?? Path.Combine(options.Data, "admin.token");
                _token = File.Exists(file) ? File.ReadAllText(file).Trim() : null;
                _readAt = clock.GetTimestamp();
            }

            return _token;
        }
    }
}
