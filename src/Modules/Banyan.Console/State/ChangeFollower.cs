using Banyan.Console.Views;
using Banyan.Resources.Audit;
using Microsoft.Extensions.Logging;

namespace Banyan.Console.State;

/// <summary>Follows the audit log. Status reports are left out: they are the platform talking to itself.</summary>
internal sealed class ChangeFollower(AuditLog audit, ConsoleOptions options, LiveState state, TimeProvider clock, ILogger<ChangeFollower> log) : Follower(state, clock, log)
{
    public override string Name => "changes";

    protected override async Task FollowAsync(CancellationToken cancellation)
    {
        var page = await audit.ListAsync(new AuditFilter { Limit = options.Changes }, cancellation);
        State.Update(s => s with { Changes = [.. page.Items.Where(IsShown).Select(r => ChangeView.Of(r.Key, r.Document))] });
        Heard();
        await foreach (var record in audit.WatchAsync(new AuditFilter(), page.Revision, cancellation))
        {
            if (IsShown(record))
            {
                State.Update(s =>
                {
                    var changes = s.Changes.Insert(0, ChangeView.Of(record.Key, record.Document));
                    return s with { Changes = changes.Count > options.Changes ? changes.RemoveRange(options.Changes, changes.Count - options.Changes) : changes };
                });
            }
        }
    }

    private static bool IsShown(AuditRecord record) => JsonText.Of(record.Document, "verb") != "status";
}
