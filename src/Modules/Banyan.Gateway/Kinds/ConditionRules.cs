using Banyan.Contracts;
using Banyan.Gateway.Routing;
using Banyan.Gateway.Routing.Actions;

namespace Banyan.Gateway.Kinds;

/// <summary>What a route may ask for beside host and path.</summary>
internal static class ConditionRules
{
    public const int MaxConditions = 16;

    public const int MaxMethods = 16;

    public const int MaxValueLength = 1024;

    public static void Check(RouteSpec spec, List<Fault> faults)
    {
        CheckMethods(spec.Methods ?? [], faults);
        CheckConditions("headers", spec.Headers ?? [], FieldText.IsToken, "a field name (letters, digits and '-')", faults);
        CheckConditions("query", spec.Query ?? [], name => name.Length is > 0 and <= 256, "a parameter name of 1 to 256 characters", faults);
    }

    /// <summary>The conditions of a valid spec.</summary>
    public static RoutePredicates PredicatesOf(RouteSpec spec) =>
        spec.Methods is not { Count: > 0 } && spec.Headers is not { Count: > 0 } && spec.Query is not { Count: > 0 }
            ? RoutePredicates.None
            : new RoutePredicates(
                [.. (spec.Methods ?? []).Select(System.Text.Encoding.ASCII.GetBytes)],
                [.. (spec.Headers ?? []).Select(c => PredicateOf(c with { Name = c.Name.ToLowerInvariant() }))],
                [.. (spec.Query ?? []).Select(PredicateOf)]);

    private static FieldPredicate PredicateOf(RouteCondition condition) => condition switch
    {
        { Exact: { } exact } => new FieldPredicate(condition.Name, ValueTest.Exact, exact),
        { Prefix: { } prefix } => new FieldPredicate(condition.Name, ValueTest.Prefix, prefix),
        { Regex: { } regex } => new FieldPredicate(condition.Name, ValueTest.Regex, regex, SafePattern.TryCreate(regex, out _)),
        _ => new FieldPredicate(condition.Name, ValueTest.Present, string.Empty),
    };

    private static void CheckMethods(IReadOnlyList<string> methods, List<Fault> faults)
    {
        if (methods.Count > MaxMethods)
        {
            faults.Add(new Fault("/spec/methods", $"{methods.Count} methods; a route takes at most {MaxMethods}. Leave 'methods' out to take every method.", "out-of-range"));
            return;
        }

        for (var i = 0; i < methods.Count; i++)
        {
            var method = methods[i];
            if (!FieldText.IsToken(method))
            {
                faults.Add(new Fault($"/spec/methods/{i}", $"'{method}' is no method. Write GET, POST and so on.", "bad-method"));
            }
            else if (method.Any(char.IsAsciiLetterLower))
            {
                faults.Add(new Fault($"/spec/methods/{i}", $"Methods are case-sensitive: write {method.ToUpperInvariant()}.", "bad-method"));
            }
            else if (method is "CONNECT" or "TRACE")
            {
                faults.Add(new Fault($"/spec/methods/{i}", $"The gateway refuses {method} from every client, so no route can take it. Remove it.", "bad-method"));
            }
            else if (methods.Take(i).Contains(method))
            {
                faults.Add(new Fault($"/spec/methods/{i}", $"'{method}' is in the list twice. Remove one.", "duplicate"));
            }
        }
    }

    private static void CheckConditions(string field, IReadOnlyList<RouteCondition> conditions, Func<string, bool> isName, string nameForm, List<Fault> faults)
    {
        if (conditions.Count > MaxConditions)
        {
            faults.Add(new Fault($"/spec/{field}", $"{conditions.Count} conditions; a route takes at most {MaxConditions}. Split it into several routes.", "out-of-range"));
            return;
        }

        for (var i = 0; i < conditions.Count; i++)
        {
            var condition = conditions[i];
            var place = $"/spec/{field}/{i}";
            if (!isName(condition.Name))
            {
                faults.Add(new Fault($"{place}/name", $"'{condition.Name}' is not {nameForm}.", "bad-name"));
            }

            (string Form, string? Value)[] forms = [("exact", condition.Exact), ("prefix", condition.Prefix), ("regex", condition.Regex)];
            var given = forms.Where(f => f.Value is not null).ToArray();
            if (given.Length > 1)
            {
                faults.Add(new Fault($"{place}/{given[1].Form}", $"There is '{given[0].Form}' already. Keep one; write a second condition of the same name for both.", "duplicate"));
            }

            foreach (var (form, value) in given)
            {
                if (value!.Length > MaxValueLength)
                {
                    faults.Add(new Fault($"{place}/{form}", $"A value has at most {MaxValueLength} characters; this one has {value.Length}.", "out-of-range"));
                }
                else if (form == "regex" && SafePattern.TryCreate(value, out var why) is null)
                {
                    faults.Add(new Fault($"{place}/regex", why, "bad-regex"));
                }
            }
        }
    }
}
