using Banyan.Contracts.Registry.V1;
using Banyan.Contracts.Text;
using Banyan.Registry.Endpoints;
using Banyan.Registry.Health;
using Banyan.Registry.Instances;
using Banyan.Resources;
using Google.Protobuf.WellKnownTypes;

namespace Banyan.Registry.Kinds;

/// <summary>The kind <c>Service</c>: what instances register for, what routes lead to. Instances may come before their service is described.</summary>
public sealed class ServiceKind() : ResourceKind<ServiceSpec, ServiceStatus>(
    "Service", "services", KindScope.Domain, "Something that instances run and others call by name.", ServiceJson.Default.ServiceSpec, ServiceJson.Default.ServiceStatus)
{
    private static readonly string[] Protocols = ["http", "grpc", "tcp"];

    /// <inheritdoc/>
    public override ServiceSpec Default(ResourceName name, ServiceSpec spec) => spec with { Protocol = spec.Protocol ?? "http" };

    /// <inheritdoc/>
    public override ValueTask ValidateAsync(Resource<ServiceSpec, ServiceStatus> resource, ResourceValidation v, CancellationToken ct)
    {
        var spec = resource.Spec;
        if (!Protocols.Contains(spec.Protocol))
        {
            v.Add("/spec/protocol", $"'{spec.Protocol}' is not one of {string.Join(", ", Protocols)}.", "out-of-range");
        }

        if (spec.Port is < 1 or > 65535)
        {
            v.Add("/spec/port", $"Give a port from 1 to 65535, not {spec.Port}.", "out-of-range");
        }

        if (spec.Check is { } check)
        {
            ValidateCheck(check, v);
        }

        // A used service need not exist yet: two services that call each other could never be created otherwise.
        for (var i = 0; i < (spec.Uses?.Count ?? 0); i++)
        {
            if (ResourceNames.Problem(spec.Uses![i].Service, "Service name") is { } badService)
            {
                v.Add($"/spec/uses/{i}/service", badService, spec.Uses[i].Service is null ? "required" : "bad-name");
            }

            if (spec.Uses[i].Domain is { } domain && ResourceNames.Problem(domain, "Domain name") is { } badDomain)
            {
                v.Add($"/spec/uses/{i}/domain", badDomain, "bad-name");
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>A service's check as the registry runs it; null when it has none.</summary>
    internal static CheckPlan? PlanOf(ServiceSpec spec) => spec.Check is { } check ? CheckPlan.Of(ToCheck(check)) : null;

    private static void ValidateCheck(CheckSpec check, ResourceValidation v)
    {
        if (new object?[] { check.Http, check.Tcp, check.Grpc }.Count(p => p is not null) > 1)
        {
            v.Add("/spec/check", "Name one of http, tcp and grpc, not several.", "duplicate");
        }

        foreach (var (text, field) in new[] { (check.Interval, "interval"), (check.Timeout, "timeout") })
        {
            if (text is not null && !DurationText.TryParse(text, out _))
            {
                v.Add($"/spec/check/{field}", $"'{text}' is no time. Give one such as \"500ms\", \"5s\" or \"2m\".", "wrong-type");
            }
        }

        foreach (var (number, field) in new[] { (check.Rise, "rise"), (check.Fall, "fall") })
        {
            if (number < 1)
            {
                v.Add($"/spec/check/{field}", "Give at least 1.", "out-of-range");
            }
        }

        var faults = new List<Contracts.Fault>();
        RegistrationRules.CheckCheck(faults, ToCheck(check));
        foreach (var fault in faults)
        {
            v.Add($"/spec{fault.Pointer}", fault.Message, fault.Code);
        }
    }

    private static HealthCheck ToCheck(CheckSpec spec)
    {
        var check = new HealthCheck { Rise = (uint)Math.Max(spec.Rise ?? 0, 0), Fall = (uint)Math.Max(spec.Fall ?? 0, 0) };
        if (spec.Http is { } http)
        {
            check.Http = new HttpProbe
            {
                Path = http.Path ?? string.Empty,
                MinStatus = (uint)Math.Max(http.MinStatus ?? 0, 0),
                MaxStatus = (uint)Math.Max(http.MaxStatus ?? 0, 0),
            };
        }
        else if (spec.Grpc is { } grpc)
        {
            check.Grpc = new GrpcProbe { Service = grpc.Service ?? string.Empty };
        }
        else if (spec.Tcp is not null)
        {
            check.Tcp = new TcpProbe();
        }

        check.Interval = TimeOf(spec.Interval);
        check.Timeout = TimeOf(spec.Timeout);
        return check;
    }

    private static Duration? TimeOf(string? text) => text is not null && DurationText.TryParse(text, out var time) ? Duration.FromTimeSpan(time) : null;
}
