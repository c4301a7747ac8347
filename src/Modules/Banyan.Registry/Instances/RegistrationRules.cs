using Banyan.Contracts;
using Banyan.Contracts.Registry.V1;
using Banyan.Registry.Health;
using Banyan.Resources;
using Google.Protobuf.WellKnownTypes;

namespace Banyan.Registry.Instances;

/// <summary>What a registration must look like. Finds every fault at once.</summary>
internal static class RegistrationRules
{
    public const uint DefaultWeight = 100;
    public const int MaxNameLength = 63;
    public const int MaxMetadataEntries = 64;
    public const int MaxMetadataLength = 1024;

    private static readonly string[] Schemes = ["http", "https", "grpc", "grpcs", "tcp"];

    /// <summary>All faults of a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="prefix">What stands before the instance's fields in a pointer: <c>/instance</c> on the wire, nothing in the flat HTTP body.</param>
    public static List<Fault> Check(RegisterRequest request, string prefix)
    {
        var faults = new List<Fault>();
        if (request.Instance is not { } instance)
        {
            faults.Add(new Fault("/instance", "Say which instance: domain, service, id, host and port.", "required"));
            return faults;
        }

        CheckLabel(faults, instance.Domain, $"{prefix}/domain", "Domain name");
        CheckLabel(faults, instance.Service, $"{prefix}/service", "Service name");
        CheckName(faults, instance.Id, $"{prefix}/id", "id");
        CheckInstance(faults, instance, prefix);
        if (request.Check is { } check)
        {
            CheckCheck(faults, check);
        }

        if (request.Ttl is { } ttl)
        {
            CheckDuration(faults, ttl, "/ttl", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        }

        return faults;
    }

    /// <summary>Faults of the three words that name an instance.</summary>
    public static List<Fault> Check(InstanceKey? key)
    {
        var faults = new List<Fault>();
        if (key is null)
        {
            faults.Add(new Fault("/key", "Say which instance: domain, service and id.", "required"));
            return faults;
        }

        CheckLabel(faults, key.Domain, "/key/domain", "Domain name");
        CheckLabel(faults, key.Service, "/key/service", "Service name");
        CheckName(faults, key.Id, "/key/id", "id");
        return faults;
    }

    /// <summary>1 to 63 letters, digits, '-', '.', '_', the first a letter or a digit.</summary>
    public static bool IsName(string name)
    {
        if (name.Length is 0 or > MaxNameLength || !char.IsAsciiLetterOrDigit(name[0]))
        {
            return false;
        }

        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_'))
            {
                return false;
            }
        }

        return true;
    }

    private static void CheckInstance(List<Fault> faults, Instance instance, string prefix)
    {
        if (instance.Host.Length == 0)
        {
            faults.Add(new Fault($"{prefix}/host", "Give the host name or address callers connect to.", "required"));
        }
        else if (Uri.CheckHostName(instance.Host) == UriHostNameType.Unknown)
        {
            faults.Add(new Fault($"{prefix}/host", $"'{Shortened(instance.Host)}' is neither a host name nor an address.", "bad-name"));
        }

        if (instance.Port is 0 or > 65535)
        {
            faults.Add(new Fault($"{prefix}/port", $"Give a port from 1 to 65535, not {instance.Port}.", instance.Port == 0 ? "required" : "out-of-range"));
        }

        if (instance.Scheme.Length > 0 && !Schemes.Contains(instance.Scheme))
        {
            faults.Add(new Fault($"{prefix}/scheme", $"'{Shortened(instance.Scheme)}' is not one of {string.Join(", ", Schemes)}.", "out-of-range"));
        }

        if (instance.Weight > 1000)
        {
            faults.Add(new Fault($"{prefix}/weight", $"Give a weight from 1 to 1000, not {instance.Weight}.", "out-of-range"));
        }

        if (instance.Zone.Length > 0 && !IsName(instance.Zone))
        {
            faults.Add(new Fault($"{prefix}/zone", NameRule(instance.Zone), "bad-name"));
        }

        if (instance.Version.Length > 128)
        {
            faults.Add(new Fault($"{prefix}/version", "A version has at most 128 characters.", "out-of-range"));
        }

        if (instance.Metadata.Count > MaxMetadataEntries)
        {
            faults.Add(new Fault($"{prefix}/metadata", $"At most {MaxMetadataEntries} entries, not {instance.Metadata.Count}.", "out-of-range"));
        }

        foreach (var (key, value) in instance.Metadata)
        {
            if (key.Length is 0 or > MaxNameLength || value.Length > MaxMetadataLength)
            {
                var pointer = $"{prefix}/metadata/{Shortened(key).Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
                faults.Add(new Fault(pointer, $"A key has 1 to {MaxNameLength} characters, a value at most {MaxMetadataLength}.", "out-of-range"));
            }
        }

        if (instance.State is not (InstanceState.Unspecified or InstanceState.Starting or InstanceState.Up))
        {
            faults.Add(new Fault($"{prefix}/state", "An instance registers as starting or up; leave the state out to let check and lease decide.", "out-of-range"));
        }
    }

    /// <summary>Faults of an active check; pointers begin at <c>/check</c>.</summary>
    public static void CheckCheck(List<Fault> faults, HealthCheck check)
    {
        if (check.ProbeCase == HealthCheck.ProbeOneofCase.None)
        {
            faults.Add(new Fault("/check", "Say how to check: http, tcp or grpc.", "required"));
        }

        if (check.Http is { } http)
        {
            if (http.Path.Length > 0 && (http.Path[0] != '/' || http.Path.Any(c => c is <= ' ' or > '~')))
            {
                faults.Add(new Fault("/check/http/path", "A path begins with '/' and has visible ASCII characters only.", "bad-name"));
            }

            var (min, max) = (http.MinStatus == 0 ? 200 : http.MinStatus, http.MaxStatus == 0 ? 399 : http.MaxStatus);
            if (min is < 100 or > 599 || max is < 100 or > 599 || min > max)
            {
                faults.Add(new Fault("/check/http/minStatus", $"Statuses lie between 100 and 599, the lower one first, not {min} to {max}.", "out-of-range"));
            }
        }

        if (check.Interval is { } interval)
        {
            CheckDuration(faults, interval, "/check/interval", TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        }

        if (check.Timeout is { } timeout && CheckDuration(faults, timeout, "/check/timeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)))
        {
            var every = check.Interval is { } given && IsSane(given) ? given.ToTimeSpan() : CheckPlan.DefaultInterval;
            if (timeout.ToTimeSpan() >= every)
            {
                faults.Add(new Fault("/check/timeout", $"The timeout ({timeout.ToTimeSpan().TotalSeconds:0.###} s) must be less than the interval ({every.TotalSeconds:0.###} s).", "out-of-range"));
            }
        }

        if (check.Rise > 100)
        {
            faults.Add(new Fault("/check/rise", "At most 100 passes in a row.", "out-of-range"));
        }

        if (check.Fall > 100)
        {
            faults.Add(new Fault("/check/fall", "At most 100 failures in a row.", "out-of-range"));
        }
    }

    private static bool CheckDuration(List<Fault> faults, Duration duration, string pointer, TimeSpan least, TimeSpan most)
    {
        if (IsSane(duration) && duration.ToTimeSpan() >= least && duration.ToTimeSpan() <= most)
        {
            return true;
        }

        faults.Add(new Fault(pointer, $"Give a time from {least.TotalSeconds:0.###} s to {most.TotalSeconds:0} s.", "out-of-range"));
        return false;
    }

    // The generated conversion throws on what no duration can be; a request must never reach it unchecked.
    private static bool IsSane(Duration duration) =>
        duration.Seconds is >= 0 and <= 315_576_000_000 && duration.Nanos is >= 0 and <= 999_999_999;

    // Domains and services are resources too, so their names follow the rule for resources.
    private static void CheckLabel(List<Fault> faults, string name, string pointer, string what)
    {
        if (ResourceNames.Problem(name, what) is { } problem)
        {
            faults.Add(new Fault(pointer, problem, name.Length == 0 ? "required" : "bad-name"));
        }
    }

    private static void CheckName(List<Fault> faults, string name, string pointer, string what)
    {
        if (name.Length == 0)
        {
            faults.Add(new Fault(pointer, $"Give the {what}.", "required"));
        }
        else if (!IsName(name))
        {
            faults.Add(new Fault(pointer, NameRule(name), "bad-name"));
        }
    }

    private static string NameRule(string name) =>
        $"'{Shortened(name)}' is not a name: 1 to {MaxNameLength} letters, digits, '-', '.', '_', the first a letter or a digit.";

    private static string Shortened(string text) => text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 77), "...");
}
