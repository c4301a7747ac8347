// Who walks with whom, and when. Uses no SDK: it registers and finds 'pets' by plain HTTP.
using Walks;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSingleton(Surroundings.FromEnvironment());
builder.Services.AddSingleton(_ => new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(3) });
builder.Services.AddSingleton<PetsClient>();
builder.Services.AddHostedService<Registration>();
var app = builder.Build();

app.MapGet("/walks", async (PetsClient pets, Surroundings me, CancellationToken cancellation) =>
{
    var (names, answeredBy) = await pets.NamesAsync(cancellation);
    return new WalkList(me.Instance, answeredBy, Walk.All.Select(w => new WalkAnswer(w.Where, w.When, w.Pets.Select(id => names.GetValueOrDefault(id, $"pet {id}")).ToArray())).ToArray());
});
app.MapGet("/healthz", () => "ok");

app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"walks listens on {string.Join(' ', app.Urls)}"));
app.Run();
