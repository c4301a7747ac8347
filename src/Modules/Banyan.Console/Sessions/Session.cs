using Banyan.Resources;

namespace Banyan.Console.Sessions;

/// <summary>One signed-in browser.</summary>
internal sealed class Session(string credential, ActorRole role, DateTimeOffset? rotatedAt, DateTimeOffset started)
{
    private readonly Lock _lock = new();
    private TimeSpan _used;
    private TimeSpan _checked;

    public string Credential => credential;

    public ActorRole Role => role;

    /// <summary>When the credential's token had been replaced at sign-in; another value now means that the token signed in with is void.</summary>
    public DateTimeOffset? RotatedAt => rotatedAt;

    public DateTimeOffset Started => started;

    public bool IsOver(DateTimeOffset at, ConsoleOptions options)
    {
        lock (_lock)
        {
            return at - started - _used > options.SessionIdle || at - started > options.SessionLife;
        }
    }

    public void Use(DateTimeOffset at)
    {
        lock (_lock)
        {
            _used = at - started;
        }
    }

    /// <summary>True once every interval: the caller then checks the credential.</summary>
    public bool CheckIsDue(DateTimeOffset at, TimeSpan interval)
    {
        lock (_lock)
        {
            if (at - started - _checked < interval)
            {
                return false;
            }

            _checked = at - started;
            return true;
        }
    }
}
