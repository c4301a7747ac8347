using System.CommandLine;
using Banyan.Contracts;

namespace Banyan.Cli.Commands;

/// <summary><c>banyan completion</c>: a script that lets a shell ask this program for what can come next.</summary>
internal static class CompletionCommand
{
    // The program answers '[suggest:POSITION] "LINE"' with one candidate a line.
    private const string Bash = """
        # bash completion for banyan; load with: source <(banyan completion bash)
        _banyan() {
          local IFS=$'\n'
          COMPREPLY=( $(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}") )
        }
        complete -o default -F _banyan banyan
        """;

    private const string Zsh = """
        #compdef banyan
        # zsh completion for banyan; load with: source <(banyan completion zsh)
        _banyan() {
          local -a candidates
          candidates=("${(@f)$(${words[1]} "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
          (( ${#candidates} )) && compadd -a candidates || _files
        }
        compdef _banyan banyan
        """;

    private const string Fish = """
        # fish completion for banyan; load with: banyan completion fish | source
        function __banyan_complete
          set -l line (commandline -cp)
          banyan "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c banyan -a '(__banyan_complete)'
        """;

    public static Command Create(CliContext context)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print a completion script for a shell") { shell };
        command.SetAction(parsed =>
        {
            context.Io.Out.Write(parsed.GetValue(shell) switch { "bash" => Bash, "zsh" => Zsh, _ => Fish } + "\n");
            return ExitCodes.Success;
        });
        return command;
    }
}
