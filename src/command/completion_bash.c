#include <stdio.h>
#include <string.h>

#include "command/arguments.h"
#include "command/completion.h"

static void key_name(const struct schema_entry *entry, const char *name)
{
    (void)printf(" --%s%s", name, entry->type == VALUE_BOOL ? "" : "=");
}

static bool is_package(const struct schema_entry *entry)
{
    return entry->type == VALUE_STRING && strcmp(entry->key, "package") == 0;
}

/* Values that bash knows itself; nothing where any value may stand. */
static void key_choices(const struct schema_entry *entry, const char *name)
{
    const char *action = entry->type == VALUE_SIGNAL                               ? "-A signal"
                         : entry->type == VALUE_PATH || entry->type == VALUE_PATHS ? "-f"
                         : is_package(entry)                                       ? "-d"
                                                                                   : NULL;
    if (!completion_has_choices(entry)) {
        (void)printf("        --%s) ", name);
        if (action)
            (void)printf("COMPREPLY=($(compgen %s -- \"$cur\")); ", action);
        (void)printf("return ;;\n");
        return;
    }
    /* A boolean takes no separate value. */
    (void)printf("        --%s) %schoices='", name,
                 entry->type == VALUE_BOOL ? "[[ $equals ]] && " : "");
    completion_print_choices(entry);
    (void)printf("' ;;\n");
}

/* The value of an option: bash splits --name=value into three words. */
static void values(void)
{
    (void)printf(
        "    if [[ $cur == '=' ]]; then option=$prev cur='' equals=1\n"
        "    elif [[ $prev == '=' ]]; then option=${COMP_WORDS[COMP_CWORD-2]} equals=1\n"
        "    elif [[ $prev == -* ]]; then option=$prev\n"
        "    fi\n"
        "    case $option in\n"
        "        -c|--config) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n"
        "        -t|--timeout) choices='10s 60s 5m' ;;\n"
        "        --report|--edit|--raw|--compare) COMPREPLY=($(compgen -f -- \"$cur\")); return "
        ";;\n"
        "        --project|--package) COMPREPLY=($(compgen -d -- \"$cur\")); return ;;\n"
        "        --refresh|--url|--threads|--reload-every|--rounds|--port|--path) return ;;\n"
        "        --tools|--only|--storm|--idle) return ;;\n"
        "        --emit) choices='k6 locust' ;;\n"
        "        --log) choices='text json' ;;\n");
    completion_each_key(key_choices);
    (void)printf("    esac\n"
                 "    if [[ $choices && ( $equals || $cur != -* ) ]]; then\n"
                 "        COMPREPLY=($(compgen -W \"$choices\" -- \"$cur\"))\n"
                 "        return\n"
                 "    fi\n"
                 "    choices=''\n");
}

static void options(void)
{
    (void)printf("    if [[ $cur == -* ]]; then\n"
                 "        case $command in\n");
    for (const struct command_entry *const *at = COMMANDS; *at; at++) {
        (void)printf("            %s) choices=\"", (*at)->name);
        for (const struct option_entry *option = OPTIONS; option->name; option++)
            if (option_fits(option, (*at)->name))
                (void)printf("--%s ", option->name);
        (void)printf("%s\" ;;\n", command_takes_keys((*at)->name) ? "$keys" : "");
    }
    (void)printf("        esac\n"
                 "        COMPREPLY=($(compgen -W \"$choices\" -- \"$cur\"))\n"
                 "        [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null\n"
                 "        return\n"
                 "    fi\n");
}

void completion_bash(void)
{
    (void)printf("# bash completion for zonda; made by: zonda completion bash\n"
                 "_zonda() {\n"
                 "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                 "    local command=run given='' word option='' choices='' equals=''\n"
                 "    local keys='");
    completion_each_key(key_name);
    (void)printf("'\n"
                 "    COMPREPLY=()\n"
                 "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
                 "        [[ $word == -- ]] && return\n"
                 "        [[ ! $given && ' ");
    completion_print_commands();
    (void)printf(" ' == *\" $word \"* ]] && command=$word given=1\n"
                 "    done\n");
    values();
    options();
    (void)printf("    case $command in\n"
                 "        validate|explain|load) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n"
                 "        schema) choices='json man markdown' ;;\n"
                 "        completion) choices='bash zsh fish' ;;\n"
                 "        help) choices='");
    completion_print_commands();
    (void)printf("' ;;\n"
                 "        run) [[ $given ]] || choices='");
    completion_print_commands();
    (void)printf("' ;;\n"
                 "    esac\n"
                 "    COMPREPLY=($(compgen -W \"$choices\" -- \"$cur\"))\n"
                 "}\n"
                 "complete -F _zonda zonda\n");
}
