using Banyan.Contracts.Registry.V1;
using Banyan.Registry.Instances;

namespace Banyan.Registry.Watch;

/// <summary>
/// The newest state of every instance, ordered by the change that made it. An instance has one place in the log however often it changes, so the log is as long as
/// the registry is large, and "what changed since version v" is a walk from the newest end back to v. Removals keep a place too, up to a limit; whoever asks for
/// changes from before the oldest forgotten removal is told to start over.
/// Not safe for concurrent use: the table's lock guards it.
/// </summary>
internal sealed class ChangeLog(int removalLimit)
{
    private readonly Dictionary<InstanceName, Place> _places = [];
    private readonly Dictionary<ServiceName, Row> _services = [];
    private readonly Queue<Place> _removals = [];
    private readonly Row _all = new();

    /// <summary>Number of the newest change. Grows within one life of the process; says nothing across lives.</summary>
    public long Version { get; private set; } = 1;

    /// <summary>Changes before this version can no longer be told one by one.</summary>
    public long Horizon { get; private set; }

    public long NextVersion() => ++Version;

    /// <summary>Puts an entry at the newest end, under <see cref="Instance.VersionNumber"/> of its current state.</summary>
    public void Changed(InstanceEntry entry)
    {
        if (entry.LogPlace is Place place)
        {
            place.Unlink();
        }
        else
        {
            if (_places.Remove(entry.Name, out var old))
            {
                // It was removed earlier and is back: one name, one place.
                old.Unlink();
                old.Forgotten = true;
            }

            place = new Place(entry.Name) { Entry = entry };
            _places.Add(entry.Name, place);
            entry.LogPlace = place;
        }

        place.Version = entry.Current.VersionNumber;
        place.Link(_all, RowOf(entry.Name));
    }

    /// <summary>Turns an entry's place into a removal at the newest end.</summary>
    public void Removed(InstanceEntry entry, long revision)
    {
        var place = (Place)entry.LogPlace!;
        entry.LogPlace = null;
        place.Unlink();
        place.Entry = null;
        place.Revision = revision;
        place.Version = NextVersion();
        place.Link(_all, RowOf(entry.Name));
        _removals.Enqueue(place);
        while (_removals.Count > removalLimit)
        {
            Forget(_removals.Dequeue());
        }
    }

    /// <summary>The store revision that removed an instance; 0 when it is there or was never seen.</summary>
    public long RemovedAt(InstanceName name) => _places.TryGetValue(name, out var place) && place.Entry is null ? place.Revision : 0;

    public InstanceEntry? Find(InstanceName name) => _places.TryGetValue(name, out var place) ? place.Entry : null;

    /// <summary>Every instance, or those of one service, newest change first.</summary>
    public IEnumerable<InstanceEntry> Entries(ServiceName? service = null)
    {
        var row = service is { } name ? _services.GetValueOrDefault(name) : _all;
        for (var place = row?.Newest; place is not null; place = place.Older(row!))
        {
            if (place.Entry is { } entry)
            {
                yield return entry;
            }
        }
    }

    /// <summary>Adds all of a selection's changes after a version to a message. Before the horizon removals are missing, so the message must be a reset.</summary>
    public void Collect(WatchSelection selection, long after, WatchResponse into)
    {
        if (selection.Services.Count == 0)
        {
            Collect(_all, selection.Domain, after, into);
        }
        else
        {
            foreach (var service in selection.Services)
            {
                if (_services.TryGetValue(new ServiceName(selection.Domain, service), out var row))
                {
                    Collect(row, string.Empty, after, into);
                }
            }
        }
    }

    private static void Collect(Row row, string domain, long after, WatchResponse into)
    {
        for (var place = row.Newest; place is not null && place.Version > after; place = place.Older(row))
        {
            if (domain.Length > 0 && place.Name.Domain != domain)
            {
                continue;
            }

            if (place.Entry is { } entry)
            {
                into.Changed.Add(entry.Current);
            }
            else if (!into.Reset)
            {
                into.Removed.Add(place.Name.ToKey());
            }
        }
    }

    private Row RowOf(InstanceName name)
    {
        var service = new ServiceName(name.Domain, name.Service);
        if (!_services.TryGetValue(service, out var row))
        {
            _services.Add(service, row = new Row { Service = service });
        }

        return row;
    }

    private void Forget(Place place)
    {
        if (place.Forgotten)
        {
            return;
        }

        Horizon = Math.Max(Horizon, place.Version);
        _places.Remove(place.Name);
        var row = place.ServiceRow!;
        place.Unlink();
        if (row.Newest is null)
        {
            _services.Remove(row.Service);
        }
    }

    /// <summary>One ordered list of places: the whole registry, or one service.</summary>
    private sealed class Row
    {
        public ServiceName Service { get; init; }

        public Place? Newest { get; set; }
    }

    /// <summary>A link of two lists at once, kept in the place itself: 150,000 instances need no list nodes.</summary>
    private sealed class Place(InstanceName name)
    {
        private Place? _olderOfAll;
        private Place? _newerOfAll;
        private Place? _olderOfService;
        private Place? _newerOfService;
        private Row? _all;

        public InstanceName Name { get; } = name;

        public InstanceEntry? Entry { get; set; }

        public long Version { get; set; }

        public long Revision { get; set; }

        public bool Forgotten { get; set; }

        public Row? ServiceRow { get; private set; }

        public Place? Older(Row row) => ReferenceEquals(row, _all) ? _olderOfAll : _olderOfService;

        public void Link(Row all, Row service)
        {
            (_all, ServiceRow) = (all, service);
            (_olderOfAll, _newerOfAll) = (all.Newest, null);
            if (all.Newest is { } newestOfAll)
            {
                newestOfAll._newerOfAll = this;
            }

            all.Newest = this;
            (_olderOfService, _newerOfService) = (service.Newest, null);
            if (service.Newest is { } newestOfService)
            {
                newestOfService._newerOfService = this;
            }

            service.Newest = this;
        }

        public void Unlink()
        {
            if (_newerOfAll is { } newer)
            {
                newer._olderOfAll = _olderOfAll;
            }
            else
            {
                _all!.Newest = _olderOfAll;
            }

            if (_olderOfAll is { } older)
            {
                older._newerOfAll = _newerOfAll;
            }

            if (_newerOfService is { } newerOfService)
            {
                newerOfService._olderOfService = _olderOfService;
            }
            else
            {
                ServiceRow!.Newest = _olderOfService;
            }

            if (_olderOfService is { } olderOfService)
            {
                olderOfService._newerOfService = _newerOfService;
            }
        }
    }
}
