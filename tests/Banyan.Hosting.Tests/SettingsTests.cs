using System.Collections;
using Banyan.Contracts;
using Banyan.Hosting.Settings;
using Banyan.Testing;

namespace Banyan.Hosting.Tests;

public sealed class SettingsTests
{
    [Fact]
    public void Unknown_key_names_key_source_and_the_nearest_known()
    {
        var error = Assert.Throws<HostStartException>(() => Builder(("gateway.htpp", "127.0.0.1:1")).Build());

        Assert.Equal("A setting is wrong: gateway.htpp (command line): unknown setting; did you mean 'gateway.http'?", error.Message);
        Assert.Equal(ExitCodes.InvalidInput, error.ExitCode);
    }

    [Fact]
    public void Unknown_section_names_the_nearest()
    {
        var error = Assert.Throws<HostStartException>(() => Builder(("gatway.http", "127.0.0.1:1")).Build());

        Assert.Contains("gatway.http (command line): unknown section 'gatway'; did you mean 'gateway'?", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gateway.workers", "many", "a whole number")]
    [InlineData("gateway.timeout", "5", "a duration such as 500ms, 15s or 2m")]
    [InlineData("gateway.http", "nowhere", "an address to listen on")]
    [InlineData("gateway.strict", "yes", "true or false")]
    [InlineData("gateway.mode", "2", "one of fast, safe")]
    [InlineData("gateway.mode", "slow", "one of fast, safe")]
    [InlineData("gateway.upstream", "10.0.0.1", "an absolute address")]
    [InlineData("gateway.retry", "3", "a group of settings, not one value")]
    [InlineData("gateway.ports", "1,x", "each element of the list must be a whole number")]
    public void Wrong_type_names_key_source_and_form(string key, string value, string form)
    {
        var error = Assert.Throws<HostStartException>(() => Builder((key, value)).Build());

        Assert.Contains($"{key} (command line): ", error.Message, StringComparison.Ordinal);
        Assert.Contains(form, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_are_told_all_at_once()
    {
        var error = Assert.Throws<HostStartException>(() => Builder(("gateway.workers", "x"), ("gateway.nothing", "1"), ("nowhere.at", "1")).Build());

        Assert.Equal(3, error.Faults.Count);
        Assert.StartsWith("3 settings are wrong:\n", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fault_of_the_validator_names_the_source_of_the_value()
    {
        var error = Assert.Throws<HostStartException>(() => Builder(("gateway.workers", "-1")).Build());

        Assert.Equal("A setting is wrong: gateway.workers (command line): must be at least 1", error.Message);
    }

    [Fact]
    public void Every_type_binds()
    {
        var options = Bind(
            ("gateway.http", "[::1]:81"),
            ("gateway.workers", "3"),
            ("gateway.strict", "true"),
            ("gateway.timeout", "1.5s"),
            ("gateway.mode", "Safe"),
            ("gateway.upstream", "http://10.0.0.1:5/"),
            ("gateway.hosts", "a, b"),
            ("gateway.retry.most", "7"),
            ("gateway.labels.zone", "z1"));

        Assert.Equal(new ListenAddress("::1", 81), options.Http);
        Assert.Equal(3, options.Workers);
        Assert.True(options.Strict);
        Assert.Equal(TimeSpan.FromSeconds(1.5), options.Timeout);
        Assert.Equal(Mode.Safe, options.Mode);
        Assert.Equal(new Uri("http://10.0.0.1:5"), options.Upstream);
        Assert.Equal(["a", "b"], options.Hosts);
        Assert.Equal(7, options.Retry.Most);
        Assert.Equal("z1", options.Labels["zone"]);
    }

    [Theory]
    [InlineData("unix:/run/a.sock", "/run/a.sock")]
    [InlineData("127.0.0.1:81", null)]
    public void Address_of_a_listener_may_be_a_Unix_socket(string text, string? path)
    {
        var address = ListenAddress.Parse(text, null);
        Assert.Equal(path, address.UnixPath);
        Assert.Equal(text, address.ToString());
        Assert.Equal(path is null ? "http://127.0.0.1:81/" : "unix:/run/a.sock", address.UrlFor(address.Port).ToString());
    }

    [Theory]
    [InlineData("unix:")]
    [InlineData("unix:relative")]
    [InlineData("unix:/a\0b")]
    public void Path_that_no_Unix_socket_can_have_is_refused(string text) => Assert.False(ListenAddress.TryParse(text, null, out _));

    [Fact]
    public void Path_of_a_Unix_socket_is_bounded_in_bytes()
    {
        Assert.True(ListenAddress.TryParse("unix:/" + new string('x', 106), null, out _));
        Assert.False(ListenAddress.TryParse("unix:/" + new string('x', 107), null, out _));
        Assert.False(ListenAddress.TryParse("unix:/" + new string('é', 54), null, out _));
    }

    [Fact]
    public void Host_itself_does_not_listen_on_Unix_sockets()
    {
        var builder = new ModuleHostBuilder();
        builder.Settings.AddFlags(new Dictionary<string, string> { ["host.http"] = "unix:/run/a.sock" });

        Assert.Contains("host.http", Assert.Throws<HostStartException>(builder.Build).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stronger_source_wins_and_replaces_lists_whole()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(
            directory["banyan.json"],
            """
            {
              // Comments are allowed.
              "gateway": { "workers": 2, "timeout": "9s", "hosts": ["a", "b", "c"], "retry": { "most": 4 } },
            }
            """);
        var builder = Empty();
        builder.Settings.AddStandard(
            null,
            new Hashtable { ["BANYAN__GATEWAY__WORKERS"] = "3", ["BANYAN__GATEWAY__HOSTS"] = "z", ["BANYAN__HOST__DRAIN_DELAY"] = "2s", ["BANYAN_URL"] = "x" },
            new Dictionary<string, string> { ["host.data"] = directory.Path, ["gateway.timeout"] = "1s" });

        var settings = builder.ReadSettings().ToDictionary(s => s.Key);

        Assert.Equal(("3", SettingSource.Environment), (settings["gateway.workers"].Value, settings["gateway.workers"].Source));
        Assert.Equal(("1s", SettingSource.Flag), (settings["gateway.timeout"].Value, settings["gateway.timeout"].Source));
        Assert.Equal(("z", SettingSource.Environment), (settings["gateway.hosts"].Value, settings["gateway.hosts"].Source));
        Assert.Equal(("4", SettingSource.File), (settings["gateway.retry.most"].Value, settings["gateway.retry.most"].Source));
        Assert.Equal("2s", settings["host.drainDelay"].Value);
        Assert.Equal(("127.0.0.1:7400", SettingSource.Default), (settings["host.http"].Value, settings["host.http"].Source));
    }

    [Fact]
    public void Secret_is_never_printed()
    {
        var settings = Builder(("gateway.password", "hunter2")).ReadSettings();

        var secret = settings.Single(s => s.Key == "gateway.password");
        Assert.Equal(("(secret)", (string?)null), (secret.Value, secret.Default));
        Assert.DoesNotContain(settings, s => s.Value?.Contains("hunter2", StringComparison.Ordinal) == true);
    }

    [Theory]
    [InlineData("{ \"gateway\": { ", "is not JSON: line 1, column")]
    [InlineData("[1]", "must be a JSON object")]
    public void File_that_is_broken_is_named_with_its_place(string content, string message)
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["c.json"], content);

        var error = Assert.Throws<HostStartException>(() => new SettingSet().AddFile(directory["c.json"]));

        Assert.Contains(directory["c.json"], error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_that_was_named_and_is_not_there_is_an_error() =>
        Assert.Throws<HostStartException>(() => new SettingSet().AddStandard("/nowhere/c.json", new Hashtable(), []));

    [Fact]
    public void Section_of_a_module_outside_the_target_is_checked_all_the_same()
    {
        var error = Assert.Throws<HostStartException>(() => Builder([new TestModule("other")], ("host.target", "other"), ("gateway.wrong", "1")).Build());

        Assert.Contains("gateway.wrong", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Section_of_a_module_outside_the_target_is_not_validated_for_use()
    {
        await using var host = Builder([new TestModule("other")], ("host.target", "other"), ("gateway.workers", "-1")).Build();

        Assert.Equal(["other"], host.Snapshot().Select(m => m.Name));
    }

    [Fact]
    public async Task Address_of_a_contract_is_a_known_key_of_its_section()
    {
        await using var host = Builder([new TestModule("user") { Requires = [TestModule.Contract("far.away")] }, new TestModule("far") { Provides = [TestModule.Contract("far.away")] }], ("far.address", "http://127.0.0.1:1"))
            .Build();

        Assert.Equal(["far", "gateway", "user"], host.Snapshot().Select(m => m.Name));
    }

    private static SampleOptions Bind(params (string, string)[] settings)
    {
        SampleOptions? bound = null;
        var builder = Empty(o => bound = o);
        Flags(builder, settings).Build().DisposeAsync().AsTask().Wait();
        return bound!;
    }

    private static ModuleHostBuilder Builder(params (string, string)[] settings) => Flags(Empty(), settings);

    private static ModuleHostBuilder Builder(IModule[] more, params (string, string)[] settings) => Flags(Empty().AddModules(more), settings);

    private static ModuleHostBuilder Flags(ModuleHostBuilder builder, (string Key, string Value)[] settings)
    {
        builder.Settings.AddFlags(settings.Select(s => KeyValuePair.Create(s.Key, s.Value)));
        return builder;
    }

    private static ModuleHostBuilder Empty(Action<SampleOptions>? bound = null) => new ModuleHostBuilder { Log = _ => { } }.AddModules(
        new TestModule("gateway")
        {
            OnServices = module =>
            {
                var options = module.AddOptions<SampleOptions>((o, faults) =>
                {
                    if (o.Workers < 1)
                    {
                        faults.Add("workers", "must be at least 1");
                    }
                });
                bound?.Invoke(options);
            },
        });

    public enum Mode
    {
        Fast,
        Safe,
    }

    public sealed class SampleOptions
    {
        public ListenAddress Http { get; init; } = new("127.0.0.1", 8080);

        public int Workers { get; init; } = 1;

        public bool Strict { get; init; }

        public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

        public Mode Mode { get; init; }

        public Uri? Upstream { get; init; }

        public IReadOnlyList<string> Hosts { get; init; } = [];

        public IReadOnlyList<int> Ports { get; init; } = [];

        public RetryOptions Retry { get; init; } = new();

        public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

        [Secret]
        public string? Password { get; init; }
    }

    public sealed class RetryOptions
    {
        public int Most { get; init; } = 1;
    }
}
