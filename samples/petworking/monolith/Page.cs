using System.Net;

namespace Monolith;

/// <summary>The site's pages.</summary>
public static class Page
{
    private const string Style = """
        :root { color-scheme: light dark; --leaf: #2f7d4f; --paper: light-dark(#fbfaf6, #16191a); --card: light-dark(#fff, #202425); --ink: light-dark(#22302a, #e6ece8); --faint: light-dark(#5d6b64, #9aa8a1) }
        * { box-sizing: border-box }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif }
        header { background: var(--leaf); color: #fff }
        header > div, main { max-width: 44rem; margin: auto; padding: 1rem }
        header a { color: #fff; text-decoration: none; margin-right: 1.2rem }
        header strong { font-size: 1.15rem; margin-right: 1.6rem }
        h1 { font-size: 1.35rem }
        article, form { background: var(--card); border-radius: .7rem; padding: .9rem 1.1rem; margin: .8rem 0; box-shadow: 0 1px 3px #0002 }
        article b { color: var(--leaf) } time { color: var(--faint); font-size: .85rem; float: right } article p { margin: .3rem 0 0 }
        form { display: flex; gap: .6rem; flex-wrap: wrap } input { flex: 1 1 8rem; padding: .45rem .6rem; font: inherit } input[name=text] { flex: 3 1 16rem }
        button { background: var(--leaf); color: #fff; border: 0; border-radius: .4rem; padding: .45rem 1.1rem; font: inherit; cursor: pointer }
        """;

    public static IResult Html(string title, string body) => Results.Content($"""
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{WebUtility.HtmlEncode(title)} · petworking</title><style>{Style}</style></head>
        <body>
        <header><div><strong>🐾 petworking</strong><a href="/">Feed</a><a href="/pets">Pets</a><a href="/walks">Walks</a><a href="/about">About</a></div></header>
        <main><h1>{WebUtility.HtmlEncode(title)}</h1>{body}</main>
        </body></html>
        """, "text/html; charset=utf-8");

    public static string Feed(IEnumerable<Post> posts) => """
        <form method="post" action="/posts"><input name="author" placeholder="Your name" maxlength="40" required aria-label="Your name"><input name="text" placeholder="What are you up to?" maxlength="280" required aria-label="What are you up to?"><button>Bark</button></form>
        """ + string.Concat(posts.Select(p => $"""
        <article><time>{p.At:HH:mm}</time><b>{WebUtility.HtmlEncode(p.Author)}</b><p>{WebUtility.HtmlEncode(p.Text)}</p></article>
        """));
}
