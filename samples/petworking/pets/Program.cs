// Who the pets are. Runs three times; every answer says which instance gave it.
using Banyan.Chassis;
using Pets;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.AddBanyan();
var app = builder.Build();
var instance = Environment.GetEnvironmentVariable("BANYAN_INSTANCE") ?? "pets";

app.Use((context, next) =>
{
    context.Response.Headers["X-Instance"] = instance;
    return next(context);
});
app.MapGet("/pets", () => new PetList(instance, Pet.All));
app.MapGet("/pets/{id:int}", (int id) => Pet.All.FirstOrDefault(p => p.Id == id) is { } pet
    ? Results.Ok(new PetAnswer(instance, pet))
    : Results.NotFound(new { instance, error = $"There is no pet {id}. GET /pets lists them." }));

app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"{instance} listens on {string.Join(' ', app.Urls)}"));
app.Run();
