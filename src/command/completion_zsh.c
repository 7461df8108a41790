#include <stdio.h>
#include <string.h>

#include "command/arguments.h"
#include "command/completion.h"

static void key_spec(const struct schema_entry *entry, const char *name)
{
    (void)printf("    '--%s=%s[", name, entry->type == VALUE_BOOL ? "-" : "");
    completion_print_quoted(entry->doc, "[]:\\");
    (void)printf("]%svalue:", entry->type == VALUE_BOOL ? "::" : ":");
    if (completion_has_choices(entry)) {
        (void)printf("(");
        completion_print_choices(entry);
        (void)printf(")");
    } else if (entry->type == VALUE_PATH || entry->type == VALUE_PATHS) {
        (void)printf("_files");
    }
    (void)printf("'\n");
}

static void option_spec(const struct option_entry *option)
{
    /* '(-c --config)'{-c+,--config=}'[doc]:FILE:_files' */
    if (option->letter)
        (void)printf("            '(-%c --%s)'{-%c%s,--%s%s}'[", option->letter, option->name,
                     option->letter, option->value ? "+" : "", option->name,
                     option->value ? "=" : "");
    else
        (void)printf("            '--%s%s[", option->name, option->value ? "=" : "");
    completion_print_quoted(option->doc, "[]:\\");
    (void)printf("]");
    if (option->value)
        (void)printf(":%s:", option->value);
    if (option->choices)
        (void)printf("(%s)", option->choices);
    else if (option->value && strcmp(option->value, "FILE") == 0)
        (void)printf("_files");
    (void)printf("' \\\n");
}

static void words_spec(const char *command)
{
    size_t most = command_words_max(command);
    if (most > 1)
        (void)printf("            '*:file:_files' \\\n");
    else if (strcmp(command, "load") == 0)
        (void)printf("            '1:scenario:_files' \\\n");
    else if (strcmp(command, "schema") == 0)
        (void)printf("            '1:form:(json man markdown)' \\\n");
    else if (strcmp(command, "completion") == 0)
        (void)printf("            '1:shell:(bash zsh fish)' \\\n");
    else if (strcmp(command, "help") == 0)
        (void)printf("            '1:command:_zonda_commands' \\\n");
}

void completion_zsh(void)
{
    (void)printf("#compdef zonda\n"
                 "# zsh completion for zonda; made by: zonda completion zsh\n"
                 "_zonda_commands() {\n"
                 "    local -a commands=(\n");
    for (const struct command_entry *const *at = COMMANDS; *at; at++) {
        (void)printf("        '%s:", (*at)->name);
        completion_print_quoted((*at)->summary, ":\\");
        (void)printf("'\n");
    }
    (void)printf("    )\n"
                 "    _describe command commands\n"
                 "}\n"
                 "_zonda() {\n"
                 "    local command=run given='' word\n"
                 "    local -a first=('1:command:_zonda_commands') keys=(\n");
    completion_each_key(key_spec);
    (void)printf("    )\n"
                 "    local -a names=(");
    completion_print_commands();
    (void)printf(")\n"
                 "    for word in ${words[2,CURRENT-1]}; do\n"
                 "        [[ $word == -- ]] && return\n"
                 "        (( ${names[(Ie)$word]} )) && { command=$word given=1 first=(); break }\n"
                 "    done\n"
                 "    if [[ -n $given ]]; then\n"
                 "        local index=${words[(ie)$command]}\n"
                 "        words=(zonda \"${(@)words[2,index-1]}\" \"${(@)words[index+1,-1]}\")\n"
                 "        (( CURRENT-- ))\n"
                 "    fi\n"
                 "    case $command in\n");
    for (const struct command_entry *const *at = COMMANDS; *at; at++) {
        (void)printf("        %s) _arguments \\\n", (*at)->name);
        for (const struct option_entry *option = OPTIONS; option->name; option++)
            if (option_fits(option, (*at)->name))
                option_spec(option);
        words_spec((*at)->name);
        if (*at == &COMMAND_RUN)
            (void)printf("            $first \\\n");
        (void)printf("            %s ;;\n", command_takes_keys((*at)->name) ? "$keys" : "");
    }
    (void)printf(
        "    esac\n"
        "}\n"
        "if [[ $funcstack[1] == _zonda ]]; then _zonda \"$@\"; else compdef _zonda zonda; fi\n");
}
