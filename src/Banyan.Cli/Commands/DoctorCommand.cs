using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Banyan.Cli.Output;
using Banyan.Client;
using Banyan.Contracts;

namespace Banyan.Cli.Commands;

/// <summary><c>banyan doctor</c>: looks at what usually is wrong and says what to do.</summary>
internal static class DoctorCommand
{
    public static Command Create(CliContext context)
    {
        var output = CliContext.Output("table", "json", "yaml");
        var data = new Option<string>("--data") { Description = "Data directory to look at", DefaultValueFactory = _ => ".banyan" };
        var command = new Command("doctor", "Look for what usually is wrong") { output, data };
        command.SetAction(async (parsed, cancellation) =>
        {
            var findings = await new DoctorRun(context).RunAsync(parsed, parsed.GetValue(data)!, cancellation).ConfigureAwait(false);
            var format = CliContext.Format(parsed.GetValue(output)!);
            if (format.IsMachine())
            {
                OutputFormats.WriteDocument(context.Io.Out, format, new JsonObject
                {
                    ["items"] = new JsonArray(findings.Select(f => (JsonNode)new JsonObject { ["check"] = f.Check, ["result"] = f.Result, ["text"] = f.Text }).ToArray()),
                });
            }
            else
            {
                var table = new TextTable("CHECK", "RESULT", "WHAT");
                foreach (var f in findings)
                {
                    table.Add(f.Check, f.Result, f.Text);
                }

                table.Write(context.Io.Out);
            }

            return findings.Any(f => f.Result == "fail") ? ExitCodes.Failure : ExitCodes.Success;
        });
        return command;
    }
}

/// <param name="Check">What was looked at.</param>
/// <param name="Result"><c>ok</c>, <c>note</c> or <c>fail</c>.</param>
/// <param name="Text">What was found and what to do.</param>
internal sealed record Finding(string Check, string Result, string Text);

internal sealed class DoctorRun(CliContext context)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly List<Finding> _findings = [];

    public async Task<IReadOnlyList<Finding>> RunAsync(ParseResult parsed, string data, CancellationToken cancellation)
    {
        var reachable = false;
        BanyanClient? client = null;
        try
        {
            client = context.Connect(parsed);
            reachable = await ServerAsync(client, cancellation).ConfigureAwait(false);
        }
        catch (BanyanException wrong)
        {
            Add("settings", "fail", wrong.Message);
        }

        Credential(parsed);
        if (reachable && client is not null)
        {
            await ModulesAsync(client, cancellation).ConfigureAwait(false);
        }
        else
        {
            Ports();
        }

        DataDirectory(context.Io.FullPath(data));
        return _findings;
    }

    private async Task<bool> ServerAsync(BanyanClient client, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            var version = (await client.VersionAsync(limit.Token).ConfigureAwait(false)).Text("version") ?? "unknown";
            Add("server", "ok", $"{client.Address} answers");
            Add("version", version == context.Platform.Version ? "ok" : "note", version == context.Platform.Version
                ? $"server and this program are {version}"
                : $"the server is {version}, this program {context.Platform.Version}; use the same where you can");
            return true;
        }
        catch (BanyanException failure)
        {
            // A refusal is an answer; only the credential is in question then.
            var answered = failure.Error.Kind is ErrorKind.Unauthenticated or ErrorKind.Forbidden;
            Add("server", answered ? "ok" : "fail", answered ? $"{client.Address} answers" : failure.Message);
            return answered;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            Add("server", "fail", $"{client.Address} takes connections but did not answer within {Patience.TotalSeconds:0} s. Look at its log.");
            return false;
        }
    }

    private void Credential(ParseResult parsed)
    {
        try
        {
            var file = context.FindTokenFile(parsed);
            if (file is null)
            {
                Add("credential", "fail", "none found. Name one with --token-file or BANYAN_TOKEN_FILE; the administrator's is admin.token in the data directory.");
            }
            else if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)) != 0)
            {
                Add("credential", "note", $"{file} can be read by others. Run: chmod 600 {file}");
            }
            else
            {
                Add("credential", "ok", file);
            }
        }
        catch (BanyanException missing)
        {
            Add("credential", "fail", missing.Message);
        }
    }

    private async Task ModulesAsync(BanyanClient client, CancellationToken cancellation)
    {
        try
        {
            var before = context.Io.Clock.GetUtcNow();
            var modules = await client.ModulesAsync(cancellation).ConfigureAwait(false);
            Add("access", "ok", "the credential is accepted");
            var late = modules.Where(m => m.NotReadyBecause is { Length: > 0 } || m.State != "Running").ToArray();
            Add("modules", late.Length == 0 ? "ok" : "fail", late.Length == 0
                ? string.Join(", ", modules.Select(m => m.Name)) + " are running"
                : string.Join("; ", late.Select(m => $"{m.Name} is {m.State}: {m.NotReadyBecause ?? "look at the server's log"}")));

            // A module that started in the future tells of two clocks that disagree.
            var ahead = modules.Select(m => m.Since - before).Where(d => d > TimeSpan.Zero).DefaultIfEmpty(TimeSpan.Zero).Max()!.Value;
            Add("clock", ahead < TimeSpan.FromSeconds(2) ? "ok" : "fail", ahead < TimeSpan.FromSeconds(2)
                ? "not behind the server's"
                : $"this machine's clock is at least {ahead.TotalSeconds:0} s behind the server's. Set one of them right.");
        }
        catch (BanyanException refused)
        {
            Add("access", "fail", refused.Message);
        }
    }

    private void Ports()
    {
        foreach (var (port, use) in new[] { (7400, "API and console"), (7401, "gRPC"), (8080, "gateway") })
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                Add($"port {port}", "ok", $"free for {use}");
            }
            catch (SocketException)
            {
                Add($"port {port}", "note", $"taken by another program; {use} then needs another port");
            }
        }
    }

    private void DataDirectory(string path)
    {
        if (!Directory.Exists(path))
        {
            Add("data", "note", $"{path} does not exist; the first start makes it");
            return;
        }

        var probe = Path.Combine(path, $".probe-{Environment.ProcessId}");
        try
        {
            File.WriteAllText(probe, string.Empty);
            File.Delete(probe);
            var free = new DriveInfo(path).AvailableFreeSpace >> 20;
            Add("data", free < 100 ? "fail" : "ok", free < 100 ? $"{path}: only {free} MiB are free on its disk. Make room." : $"{path} is writable, {free} MiB free");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            Add("data", "fail", $"{path} is not writable: {refused.Message}");
        }
    }

    private void Add(string check, string result, string text) => _findings.Add(new Finding(check, result, text));
}
