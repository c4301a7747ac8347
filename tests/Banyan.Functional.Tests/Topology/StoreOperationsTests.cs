using System.Globalization;
using System.Text.RegularExpressions;
using Banyan.Contracts;
using Banyan.Functional.Tests.Platform;
using Banyan.Testing;
using Banyan.Testing.Peers;

namespace Banyan.Functional.Tests.Topology;

/// <summary><c>banyan store</c> on the data of real servers.</summary>
public sealed partial class StoreOperationsTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [NeedsFact("etcd")]
    public async Task Copy_of_a_live_server_to_etcd_starts_there_with_the_same_resources()
    {
        await using var etcd = await EtcdCluster.StartAsync(1);
        await using var live = await BanyanServer.StartAsync(_directory["live"]);
        await FillAsync(live);
        var before = await ResourcesAsync(live);

        var copied = (await live.CliAsync("store", "copy", $"banyan://{live.Grpc.Authority}", $"etcd://{etcd.Endpoints[0].Authority}")).Must(0);

        Assert.Contains("both were compared", copied.Out, StringComparison.Ordinal);
        Assert.Equal(before, await ResourcesAsync(live));

        // The credentials came along: the old administrator's token is good on the new server.
        await using var moved = await BanyanServer.StartAsync(_directory["moved"], null, live.TokenFile, "store.engine=etcd", $"store.etcdEndpoints={etcd.Endpoints[0]}");
        Assert.Equal(before, await ResourcesAsync(moved));
        (await moved.CliAsync("get", "audit")).Must(ExitCodes.NotFound);
        Assert.Contains("service/default/s7", (await moved.CliAsync("audit", "--name", "s7")).Must(0).Out, StringComparison.Ordinal);
        (await live.CliAsync("store", "copy", $"banyan://{live.Grpc.Authority}", $"etcd://{etcd.Endpoints[0].Authority}")).Must(ExitCodes.InvalidInput, "not empty");
    }

    [Fact]
    public async Task Snapshot_of_a_live_server_restores_to_a_server_with_the_same_resources()
    {
        await using var live = await BanyanServer.StartAsync(_directory["live"]);
        await FillAsync(live);
        var before = await ResourcesAsync(live);

        (await live.CliAsync("store", "snapshot", $"banyan://{live.Grpc.Authority}", _directory["live.snap"])).Must(0);
        (await live.CliAsync("delete", "service", "s7")).Must(0);
        (await BanyanBinary.RunAsync("store", "restore", _directory["live.snap"], _directory["restored"])).Must(0);
        (await BanyanBinary.RunAsync("store", "restore", _directory["live.snap"], _directory["restored"])).Must(ExitCodes.DataDirectoryUnusable, "is not empty. Restore into a new one.");

        (await BanyanBinary.RunAsync("store", "verify", _directory["restored"])).Must(0);
        await using var restored = await BanyanServer.StartAsync(_directory["restored"], null, live.TokenFile);
        Assert.Equal(before, await ResourcesAsync(restored));
    }

    [Fact]
    public async Task Store_in_use_is_left_alone_and_says_by_whom()
    {
        await using var live = await BanyanServer.StartAsync(_directory["live"]);
        var owner = string.Create(CultureInfo.InvariantCulture, $"in use by process {live.Process.Id}");

        (await BanyanBinary.RunAsync("store", "verify", live.Data)).Must(ExitCodes.DataDirectoryUnusable, owner);
        (await BanyanBinary.RunAsync("store", "snapshot", live.Data, _directory["x"])).Must(ExitCodes.DataDirectoryUnusable, owner);
        await using var second = BanyanServer.Launch(live.Data);
        Assert.Equal(ExitCodes.DataDirectoryUnusable, await second.WaitForExitAsync());
        Assert.Contains(owner, second.Output, StringComparison.Ordinal);
        Assert.Contains("Stop that process, or give this one another directory.", second.Output, StringComparison.Ordinal);
        await live.MustBeReadyAsync();
    }

    [Fact]
    public async Task Flipped_byte_is_named_with_file_and_offset_and_nothing_is_changed()
    {
        await using (var server = await BanyanServer.StartAsync(_directory["data"]))
        {
            await FillAsync(server);
            Assert.Equal(0, await server.StopAsync());
        }

        (await BanyanBinary.RunAsync("store", "verify", _directory["data"])).Must(0);
        var segment = Directory.GetFiles(Path.Combine(_directory["data"], "store"), "segment-*").Single();
        var bytes = await File.ReadAllBytesAsync(segment);
        var flipped = bytes.Length / 2;
        bytes[flipped] ^= 0x10;
        await File.WriteAllBytesAsync(segment, bytes);

        var verified = (await BanyanBinary.RunAsync("store", "verify", _directory["data"])).Must(ExitCodes.DataDamaged, segment, "is damaged at offset");
        await using var server2 = BanyanServer.Launch(_directory["data"]);

        // The offset is that of the record, at or before the byte.
        Assert.InRange(int.Parse(Offset().Match(verified.Error).Groups[1].ValueSpan, CultureInfo.InvariantCulture), 48, flipped);
        Assert.Equal(ExitCodes.DataDamaged, await server2.WaitForExitAsync());
        Assert.Contains("Run 'banyan store verify'", server2.Output, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(segment));
    }

    [Fact]
    public async Task Truncated_middle_and_newer_version_are_refused_each_in_its_words()
    {
        await using (var server = await BanyanServer.StartAsync(_directory["data"]))
        {
            Assert.Equal(0, await server.StopAsync());
        }

        var segment = Directory.GetFiles(Path.Combine(_directory["data"], "store"), "segment-*").Single();
        var whole = await File.ReadAllBytesAsync(segment);

        // A torn tail is what a crash leaves; it is cut and the server runs.
        await File.WriteAllBytesAsync(segment, whole[..^5]);
        await using (var torn = await BanyanServer.StartAsync(_directory["data"]))
        {
            await torn.MustBeReadyAsync();
            Assert.Equal(0, await torn.StopAsync());
        }

        // A header cut short is not.
        await File.WriteAllBytesAsync(segment, whole[..20]);
        (await BanyanBinary.RunAsync("store", "verify", _directory["data"])).Must(ExitCodes.DataDamaged, segment);
        await MustNotStartAsync(ExitCodes.DataDamaged, segment);

        // Format version 2, with the header's own check sum right.
        var newer = (byte[])whole.Clone();
        newer[8] = 2;
        BitConverter.TryWriteBytes(newer.AsSpan(40), Crc32C(newer.AsSpan(0, 40)));
        await File.WriteAllBytesAsync(segment, newer);
        await MustNotStartAsync(ExitCodes.DataDirectoryUnusable, "newer");
        Assert.Equal(newer, await File.ReadAllBytesAsync(segment));
    }

    private async Task MustNotStartAsync(int code, string said)
    {
        await using var server = BanyanServer.Launch(_directory["data"]);
        Assert.Equal(code, await server.WaitForExitAsync());
        Assert.Contains(said, server.Output, StringComparison.Ordinal);
    }

    private static async Task FillAsync(BanyanServer server) =>
        await server.ApplyAsync(string.Join("---\n", Enumerable.Range(0, 20).Select(i => $"apiVersion: banyan/v1\nkind: Service\nmetadata: {{ name: s{i} }}\nspec: {{ owner: team-{i} }}\n")));

    // Everything but the revision, which copying renumbers.
    private static async Task<string> ResourcesAsync(BanyanServer server)
    {
        var all = (await server.CliAsync("get", "services", "-A", "-o", "yaml")).Must(0).Out + (await server.CliAsync("get", "domains", "-o", "yaml")).Must(0).Out;
        Assert.Contains("name: s19\n", all, StringComparison.Ordinal);
        return Revision().Replace(all, string.Empty);
    }

    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc = System.Numerics.BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }

    [GeneratedRegex(@"(?m)^ +revision: \d+\n")]
    private static partial Regex Revision();

    [GeneratedRegex(@"damaged at offset (\d+)")]
    private static partial Regex Offset();
}
