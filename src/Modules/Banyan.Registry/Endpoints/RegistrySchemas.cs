using Banyan.Http.Describing;

namespace Banyan.Registry.Endpoints;

/// <summary>The forms of the registry's HTTP bodies, as the API's description tells them.</summary>
internal static class RegistrySchemas
{
    private const string States = """["starting","up","down","draining","lost"]""";

    private const string Where = """
        "host":{"type":"string","description":"Host name or address callers connect to."},
        "port":{"type":"integer","minimum":1,"maximum":65535},
        "scheme":{"enum":["http","https","grpc","grpcs","tcp"],"description":"Default http; grpcs is gRPC over TLS."},
        "zone":{"type":"string"},
        "weight":{"type":"integer","minimum":1,"maximum":1000,"description":"Relative share of traffic, default 100."},
        "version":{"type":"string","maxLength":128},
        "metadata":{"type":"object","additionalProperties":{"type":"string","maxLength":1024},"maxProperties":64}
        """;

    private static readonly string Described = $$$$"""
        "domain":{"type":"string"},"service":{"type":"string"},"id":{"type":"string"},
        {{{{Where}}}},
        "state":{"enum":{{{{States}}}} },
        "reason":{"type":"string","description":"Why it is in this state, for people."},
        "since":{"type":"string","format":"date-time"},
        "registeredAt":{"type":"string","format":"date-time"},
        "leased":{"type":"boolean","description":"True when it renews a lease."}
        """;

    public static readonly ApiSchema HealthCheck = new("HealthCheck", """
        {"type":"object","additionalProperties":false,"description":"An active check: exactly one of http, tcp and grpc.","properties":{
        "http":{"type":"object","additionalProperties":false,"properties":{
        "path":{"type":"string","description":"Default /healthz."},"minStatus":{"type":"integer"},"maxStatus":{"type":"integer"}}},
        "tcp":{"type":"object","additionalProperties":false},
        "grpc":{"type":"object","additionalProperties":false,"properties":{"service":{"type":"string"}}},
        "interval":{"type":"string","description":"Default 5s."},
        "timeout":{"type":"string","description":"Default 2s; less than the interval."},
        "rise":{"type":"integer","maximum":100,"description":"Passes in a row before it is up again, default 2."},
        "fall":{"type":"integer","maximum":100,"description":"Failures in a row before it is down, default 3."}}}
        """);

    public static readonly ApiSchema Instance = new("Instance", $$$$"""{"type":"object","properties":{ {{{{Described}}}} }}""");

    public static readonly ApiSchema Registration = new(
        "InstanceRegistration",
        $$$$"""
        {"type":"object","additionalProperties":false,"required":["host","port"],"properties":{
        {{{{Where}}}},
        "state":{"enum":["starting","up"]},
        "check":{"$ref":"#/components/schemas/HealthCheck"},
        "ttl":{"type":"string","description":"Time without heartbeat after which it is lost, such as 15s; left out: no lease."}}}
        """,
        HealthCheck);

    public static readonly ApiSchema Registered = new("RegisteredInstance", $$$$"""
        {"type":"object","properties":{ {{{{Described}}}},
        "heartbeatInterval":{"type":"string","description":"How often to send heartbeats; absent without a lease."} }}
        """);

    public static readonly ApiSchema Heartbeat = new(
        "InstanceHeartbeat", """{"type":"object","additionalProperties":false,"properties":{"state":{"enum":["up","down"]},"reason":{"type":"string","maxLength":1024}}}""");

    public static readonly ApiSchema Heard = new("InstanceHeard", $$$$"""{"type":"object","properties":{"state":{"enum":{{{{States}}}} }}}""");

    public static readonly ApiSchema Drain = new("InstanceDrain", """{"type":"object","additionalProperties":false,"properties":{"reason":{"type":"string"}}}""");

    public static readonly ApiSchema List = new(
        "InstanceList",
        """{"type":"object","properties":{"version":{"type":"integer"},"items":{"type":"array","items":{"$ref":"#/components/schemas/Instance"}}}}""",
        Instance);
}
