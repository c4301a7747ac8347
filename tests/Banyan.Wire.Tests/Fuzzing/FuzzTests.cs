using Banyan.Wire.Http1;
using Xunit.Abstractions;

namespace Banyan.Wire.Tests.Fuzzing;

/// <summary>Inputs broken and mixed at random, led by what they reach: whatever comes, there is an outcome, and it is the same however the bytes are cut.</summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(20_260_101)]
    [InlineData(4711)]
    public void Broken_messages_get_the_same_verdict_however_they_are_cut(int seed)
    {
        const int Rounds = 30_000;
        var report = Fuzz<MessageTarget>(seed, Rounds);

        // A fuzzer that only sees one gate is none.
        Assert.True(report.Outcomes.Count > 45, $"only {report.Outcomes.Count} kinds of verdicts: {string.Join(", ", report.Outcomes.Keys)}");
        Assert.True(report.Outcomes["accepted"] > Rounds / 20, $"only {report.Outcomes["accepted"]} accepted");
        AssertGuided(report, edges: 1_400, more: 15, kept: 50, Rounds);
    }

    [Theory]
    [InlineData(7540)]
    [InlineData(9113)]
    public void Broken_frames_do_the_same_to_a_server_however_they_are_cut(int seed) => FuzzSession<ServerSessionTarget>(seed, ends: 20, edges: 1_800, more: 90);

    [Theory]
    [InlineData(7541)]
    public void Broken_frames_do_the_same_to_a_client_however_they_are_cut(int seed) => FuzzSession<ClientSessionTarget>(seed, ends: 15, edges: 1_300, more: 200);

    [Fact]
    public void Runs_of_one_seed_are_the_same()
    {
        var first = new InstrumentedWire().Fuzz<ServerSessionTarget>(1, 1_000);
        var second = new InstrumentedWire().Fuzz<ServerSessionTarget>(1, 1_000);

        Assert.Equal((first.EdgesOfSeeds, first.Edges, first.Kept, first.Generations), (second.EdgesOfSeeds, second.Edges, second.Kept, second.Generations));
        Assert.Equal(first.Outcomes.OrderBy(pair => pair.Key, StringComparer.Ordinal), second.Outcomes.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Fact]
    public void Parsers_do_not_look_beyond_the_bytes_given()
    {
        const int Room = 64;
        var random = new Random(99);
        var first = new RequestHead();
        var second = new RequestHead();
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = MessageTarget.Mutate(random, MessageTarget.Seeds[random.Next(MessageTarget.Seeds.Length)], MessageTarget.Seeds).Bytes;
            bytes = bytes[..random.Next(bytes.Length + 1)];
            var zeros = new byte[bytes.Length + (2 * Room)];
            var others = new byte[bytes.Length + (2 * Room)];
            for (var i = 0; i < Room; i++)
            {
                others[i] = others[^(i + 1)] = "\r\n: a0"u8[random.Next(6)];
            }

            bytes.CopyTo(zeros, Room);
            bytes.CopyTo(others, Room);
            first.Reset();
            second.Reset();

            Assert.Equal(
                (RequestParser.Parse(zeros.AsSpan(Room, bytes.Length), first, HeadLimits.Default), first.Fault, first.Length, first.Fields.Count, first.Framing),
                (RequestParser.Parse(others.AsSpan(Room, bytes.Length), second, HeadLimits.Default), second.Fault, second.Length, second.Fields.Count, second.Framing));
        }
    }

    private void FuzzSession<TTarget>(int seed, int ends, int edges, int more)
        where TTarget : IFuzzTarget
    {
        const int Rounds = 10_000;
        var report = Fuzz<TTarget>(seed, Rounds);

        Assert.True(report.Outcomes.Count > ends, $"only {report.Outcomes.Count} kinds of ends: {string.Join(", ", report.Outcomes.Keys)}");
        Assert.True(report.Outcomes[""] > Rounds / 10, $"only {report.Outcomes[""]} connections stayed");
        AssertGuided(report, edges, more, kept: 120, Rounds);
    }

    private FuzzReport Fuzz<TTarget>(int seed, int rounds)
        where TTarget : IFuzzTarget
    {
        var wire = new InstrumentedWire();
        output.WriteLine($"seed {seed}, {rounds} rounds, {wire.Blocks} blocks");
        var report = wire.Fuzz<TTarget>(seed, rounds);
        output.WriteLine($"{report}");
        return report;
    }

    // Well below what is reached today. Without traces there are no edges; if nothing seems new no input is kept, if everything does all are; and if those kept are not
    // used there are no generations.
    private static void AssertGuided(FuzzReport report, int edges, int more, int kept, int rounds)
    {
        Assert.True(report.Edges > edges, $"{report}");
        Assert.True(report.Edges > report.EdgesOfSeeds + more, $"{report}");
        Assert.True(report.Kept > kept && report.Kept < rounds / 10, $"{report}");
        Assert.True(report.Generations > 3, $"{report}");
    }
}
