namespace Walks;

/// <summary>Calls the service 'pets' by name: asks Banyan who is up, takes them in turn, and goes on to the next when one does not answer.</summary>
public sealed class PetsClient(HttpClient http, Surroundings me)
{
    private int _turn;

    /// <summary>The pets' names by id, and the instance that told them.</summary>
    public async Task<(IReadOnlyDictionary<int, string> Names, string AnsweredBy)> NamesAsync(CancellationToken cancellation)
    {
        var up = await LookUpAsync(cancellation);
        var first = (uint)Interlocked.Increment(ref _turn);
        for (var i = 0; i < up.Length; i++)
        {
            var instance = up[(first + i) % up.Length];
            try
            {
                var answer = await http.GetFromJsonAsync<PetsAnswer>($"http://{instance.Host}:{instance.Port}/pets", cancellation);
                return (answer!.Pets.ToDictionary(p => p.Id, p => p.Name), answer.Instance);
            }
            catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellation.IsCancellationRequested))
            {
                // It died between the lookup and the call, or takes too long; the next one may answer.
            }
        }

        return (new Dictionary<int, string>(), "nobody: no instance of pets is up");
    }

    private async Task<Instance[]> LookUpAsync(CancellationToken cancellation)
    {
        using var request = me.Request(HttpMethod.Get, $"api/v1/domains/{me.Domain}/services/pets/instances");
        using var response = await http.SendAsync(request, cancellation);
        response.EnsureSuccessStatusCode();
        var list = await response.Content.ReadFromJsonAsync<InstanceList>(cancellation);
        return [.. list!.Items.Where(i => i.State == "up")];
    }

    private sealed record InstanceList(Instance[] Items);

    private sealed record Instance(string Host, int Port, string State);

    private sealed record PetsAnswer(string Instance, Pet[] Pets);

    private sealed record Pet(int Id, string Name);
}
