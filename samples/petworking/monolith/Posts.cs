namespace Monolith;

public sealed record Post(int Id, string Author, string Text, DateTimeOffset At);

/// <summary>The monolith's own data: what was posted, newest first. Forgotten when the program ends.</summary>
public sealed class Posts
{
    private const int Kept = 100;
    private readonly Lock _lock = new();
    private readonly List<Post> _posts = [];
    private int _last;

    public Posts()
    {
        Add("Mochi", "Found the sunny spot. It is taken now.");
        Add("Biscuit", "Whoever moved the couch: I will find out.");
        Add("Captain", "Day 412. The humans still believe they taught me to talk.");
    }

    public IReadOnlyList<Post> Newest()
    {
        lock (_lock)
        {
            return [.. Enumerable.Reverse(_posts)];
        }
    }

    public void Add(string author, string text)
    {
        lock (_lock)
        {
            _posts.Add(new Post(++_last, author, text, TimeProvider.System.GetUtcNow()));
            if (_posts.Count > Kept)
            {
                _posts.RemoveAt(0);
            }
        }
    }
}
