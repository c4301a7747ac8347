// The monolith: pages, an API and its own data in one program. It has never heard of Banyan.
using Monolith;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddSingleton<Posts>();
var app = builder.Build();

app.MapGet("/", (Posts posts) => Page.Html("What pets are up to", Page.Feed(posts.Newest())));
app.MapGet("/about", () => Page.Html("About", "<article><p>Petworking began as this one program. Pets and walks have moved out since; these pages have not noticed.</p></article>"));
app.MapPost("/posts", (HttpRequest request, Posts posts) =>
{
    var (author, text) = (request.Form["author"].ToString().Trim(), request.Form["text"].ToString().Trim());
    if (author.Length is 0 or > 40 || text.Length is 0 or > 280)
    {
        return Results.BadRequest("A post has an author of up to 40 letters and a text of up to 280.");
    }

    posts.Add(author, text);
    return Results.Redirect("/");
}).DisableAntiforgery();

app.MapGet("/api/posts", (Posts posts) => posts.Newest());
app.MapGet("/up", () => "up");

app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"monolith listens on {string.Join(' ', app.Urls)}"));
app.Run();
