using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Banyan.Hosting.Tests;

public sealed class MetricsTests
{
    [Fact]
    public async Task Counter_is_added_up_by_tags()
    {
        var text = await ScrapeAsync(meter =>
        {
            var counter = meter.CreateCounter<long>("banyan.test.requests", "{request}", "Requests \\ seen.\nAll of them.");
            counter.Add(2, new KeyValuePair<string, object?>("route.name", "a\"b"));
            counter.Add(3, new KeyValuePair<string, object?>("route.name", "a\"b"));
            counter.Add(1);
        });

        Assert.Contains(
            "# HELP banyan_test_requests_total Requests \\\\ seen.\\nAll of them.\n# TYPE banyan_test_requests_total counter\nbanyan_test_requests_total 1\nbanyan_test_requests_total{route_name=\"a\\\"b\"} 5\n",
            text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Histogram_has_cumulative_buckets_with_inclusive_bounds()
    {
        var text = await ScrapeAsync(meter =>
        {
            var histogram = meter.CreateHistogram("banyan.test.time", "s", "Time.", advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 5] });
            histogram.Record(1);
            histogram.Record(2);
            histogram.Record(9, new KeyValuePair<string, object?>("kind", "x"));
        });

        Assert.Contains(
            """
            # TYPE banyan_test_time_seconds histogram
            banyan_test_time_seconds_bucket{le="1"} 1
            banyan_test_time_seconds_bucket{le="5"} 2
            banyan_test_time_seconds_bucket{le="+Inf"} 2
            banyan_test_time_seconds_sum 3
            banyan_test_time_seconds_count 2
            banyan_test_time_seconds_bucket{kind="x",le="1"} 0
            banyan_test_time_seconds_bucket{kind="x",le="5"} 0
            banyan_test_time_seconds_bucket{kind="x",le="+Inf"} 1
            banyan_test_time_seconds_sum{kind="x"} 9
            banyan_test_time_seconds_count{kind="x"} 1

            """,
            text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gauges_tell_the_last_value_and_forget_what_is_no_longer_observed()
    {
        var values = new List<Measurement<int>> { new(1, new KeyValuePair<string, object?>("shard", 1)), new(2, new KeyValuePair<string, object?>("shard", 2)) };
        UpDownCounter<int>? open = null;
        await using var host = await Hosts.StartAsync([new TestModule("alpha")]);
        var meter = host.Services.GetRequiredService<IMeterFactory>().Create("Banyan.Test");
        meter.CreateObservableGauge("banyan.test.shards", () => values);
        open = meter.CreateUpDownCounter<int>("banyan.test.open");
        open.Add(5);
        open.Add(-2);

        var first = await ScrapeAsync(host);
        values.RemoveAt(0);
        var second = await ScrapeAsync(host);

        Assert.Contains("# TYPE banyan_test_open gauge\nbanyan_test_open 3\n", first, StringComparison.Ordinal);
        Assert.Contains("banyan_test_shards{shard=\"1\"} 1\nbanyan_test_shards{shard=\"2\"} 2\n", first, StringComparison.Ordinal);
        Assert.DoesNotContain("shard=\"1\"", second, StringComparison.Ordinal);
        Assert.Contains("banyan_test_shards{shard=\"2\"} 2\n", second, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tags_beyond_the_limit_are_counted_together()
    {
        var text = await ScrapeAsync(meter =>
        {
            var counter = meter.CreateCounter<int>("banyan.test.many");
            for (var i = 0; i < 2010; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("id", i));
            }
        });

        Assert.Contains("banyan_test_many_total{overflow=\"true\"} 10\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Meter_of_another_host_is_not_told()
    {
        await using var other = await Hosts.StartAsync([new TestModule("other")]);
        await using var host = await Hosts.StartAsync([new TestModule("alpha")]);

        var text = await ScrapeAsync(host);

        Assert.Contains("banyan_host_module_running{module=\"alpha\"} 1\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("module=\"other\"", text, StringComparison.Ordinal);
    }

    private static async Task<string> ScrapeAsync(Action<Meter> measure)
    {
        await using var host = await Hosts.StartAsync([new TestModule("alpha")]);
        measure(host.Services.GetRequiredService<IMeterFactory>().Create("Banyan.Test"));
        return await ScrapeAsync(host);
    }

    private static async Task<string> ScrapeAsync(ModuleHost host)
    {
        using var client = Hosts.Client();
        return await client.GetStringAsync(new Uri(host.HttpUrl, "/metrics"));
    }
}
