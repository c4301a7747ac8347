using System.Globalization;
using System.Text.Json.Nodes;
using Banyan.Cli.Output;
using Banyan.Client;

namespace Banyan.Cli.Commands;

/// <summary>Instances as tables and documents.</summary>
internal static class InstanceLists
{
    public static TextTable Table(IEnumerable<InstanceDescription> instances, bool withDomain, bool wide, TimeProvider clock)
    {
        string[] headers = ["SERVICE", "ID", "ADDRESS", "STATE", "SINCE", .. wide ? ["PID", "ZONE", "WEIGHT", "VERSION", "LEASE"] : Array.Empty<string>(), "REASON"];
        var table = new TextTable(withDomain ? ["DOMAIN", .. headers] : headers);
        foreach (var i in instances.OrderBy(i => (i.Domain, i.Service, i.Id)))
        {
            string?[] extra = wide
                ? [i.Metadata?.GetValueOrDefault("pid"), i.Zone, i.Weight?.ToString(CultureInfo.InvariantCulture), i.Version, i.Leased ? "yes" : "no"]
                : [];
            string?[] cells = [i.Service, i.Id, $"{i.Scheme ?? "http"}://{i.Host}:{i.Port}", i.State, Ages.Of(i.Since, clock), .. extra, i.Reason];
            table.Add(withDomain ? [i.Domain, .. cells] : cells);
        }

        return table;
    }

    public static JsonObject Document(InstanceDescription i)
    {
        var metadata = new JsonObject();
        foreach (var (name, value) in i.Metadata ?? new Dictionary<string, string>())
        {
            metadata[name] = value;
        }

        return new JsonObject
        {
            ["domain"] = i.Domain,
            ["service"] = i.Service,
            ["id"] = i.Id,
            ["host"] = i.Host,
            ["port"] = i.Port,
            ["scheme"] = i.Scheme,
            ["zone"] = i.Zone,
            ["weight"] = i.Weight,
            ["version"] = i.Version,
            ["metadata"] = metadata,
            ["state"] = i.State,
            ["reason"] = i.Reason,
            ["since"] = i.Since?.ToString("O", CultureInfo.InvariantCulture),
            ["registeredAt"] = i.RegisteredAt?.ToString("O", CultureInfo.InvariantCulture),
            ["leased"] = i.Leased,
        };
    }
}
