/*
 * [service.NAME]: each becomes a whole configuration of its own.
 *
 * It begins with what is said for the project (as it is in force: paths are settled, variables and
 * flags are in it), then its own tables come over that, then the variables and the flags once more,
 * as they win over the file. Relative paths of its own tables are relative to its own root.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "config/reading.h"
#include "config/suggest.h"
#include "config/value.h"
#include "platform/fs.h"

#define SERVICE        "service"
#define NAME_BYTES_MAX 32

struct services {
    const struct config_request *request;
    const char *shown;
    struct config *whole;
    struct problems *problems;
};

/* --- one service --- */

static void inherit(struct config *config, const struct config *whole)
{
    config->file = mem_string(whole->file);
    config->kind = mem_string(whole->kind);
    for (size_t i = 0; i < SCHEMA_LEN; i++) {
        if (whole->origins[i].kind == ORIGIN_DEFAULT)
            continue;
        value_copy(&SCHEMA[i], config, whole);
        config->origins[i] = whole->origins[i];
    }
    mem_replace(&config->root, whole->root);
    mem_replace(&config->tmp_dir, whole->tmp_dir);
}

static void add_rule(struct config *config, const struct rule *from)
{
    struct rule rule = {.name = mem_string(from->name),
                        .action = from->action,
                        .signal = from->signal,
                        .line = from->line};
    strs_copy(&rule.match, &from->match);
    strs_copy(&rule.match_not, &from->match_not);
    strs_copy(&rule.match_not_regex, &from->match_not_regex);
    command_copy(&rule.command, &from->command);
    vec_push(&config->rules, rule);
}

/* What is wrong with it, but what was said of the project already is not said again. */
static void tell_once(struct problems *problems, const struct problems *more)
{
    VEC_EACH (const struct problem, one, &more->list) {
        bool told = false;
        VEC_EACH (const struct problem, before, &problems->list) {
            told = told || (before->line == one->line && before->column == one->column &&
                            strcmp(before->message, one->message) == 0);
        }
        if (!told)
            problems_add(problems, one->error, one->file, one->line, one->column, one->hint, "%s",
                         one->message);
    }
}

static void read_one(struct services *services, const struct node *table)
{
    struct config *config = config_new();
    struct problems problems = {0};
    struct reading reading = {.config = config,
                              .problems = &problems,
                              .file = services->shown,
                              .env = services->request->env,
                              .service = table->key};
    const struct node *depends_on = node_get(table, "depends_on");
    config->service = mem_string(table->key);
    inherit(config, services->whole);
    reading_service(table, &reading);
    if (depends_on)
        (void)reading_strings(&reading, "depends_on", depends_on, &config->depends_on);
    VEC_EACH (const struct rule, rule, &services->whole->rules)
        add_rule(config, rule);
    layer_variables(services->request, config, &problems);
    layer_flags(services->request, config, &problems);
    config_check(services->request, services->whole->root, services->shown, true, config,
                 &problems);
    tell_once(services->problems, &problems);
    problems_fini(&problems);
    vec_push(&services->whole->services, config);
}

/* --- all of them --- */

static bool is_name(const char *name)
{
    size_t len = strlen(name);
    bool is = len > 0 && len <= NAME_BYTES_MAX && isalnum((unsigned char)name[0]);
    for (size_t i = 0; i < len && is; i++)
        is = isalnum((unsigned char)name[i]) || name[i] == '-' || name[i] == '_';
    return is;
}

/* A place for what is told of the list as a whole. */
static struct reading telling(const struct services *services)
{
    return (struct reading){
        .config = services->whole, .problems = services->problems, .file = services->shown};
}

static void read_all(struct services *services, const struct node *list)
{
    struct reading reading = telling(services);
    if (list->kind != NODE_TABLE) {
        reading_error(&reading, place_of_key(list), "write [service.api], with the service's name",
                      "service is %s, but it must be a table of services", node_kind_words(list));
        return;
    }
    if (list->len > SERVICES_MAX) {
        reading_error(&reading, place_of_key(list), NULL, "there are %zu services, more than %d",
                      list->len, SERVICES_MAX);
        return;
    }
    NODES_EACH(table, list)
    {
        if (!is_name(table->key))
            reading_error(&reading, place_of_key(table),
                          "at most 32 letters, digits, - and _, a letter or a digit first",
                          "'%.64s' is no name for a service", table->key);
        else if (table->kind != NODE_TABLE)
            reading_error(&reading, place_of_key(table),
                          "write [service.NAME] in a line of its own, and its keys below it",
                          "service.%s is %s, but it must be a table", table->key,
                          node_kind_words(table));
        else
            read_one(services, table);
    }
}

static struct config *named(const struct config *whole, const char *name)
{
    for (size_t i = 0; i < whole->services.len; i++)
        if (strcmp(whole->services.at[i]->service, name) == 0)
            return whole->services.at[i];
    return NULL;
}

static void unknown_service(const struct services *services, const char *name)
{
    struct strs names = {0};
    struct buf hint = BUF_INIT(1024);
    for (size_t i = 0; i < services->whole->services.len; i++)
        strs_push(&names, services->whole->services.at[i]->service);
    const char *close = suggest(name, (const char *const *)names.at, names.len);
    if (!names.len)
        (void)buf_puts(&hint, "no [service.NAME] is in the configuration; arguments for the app go "
                              "after --");
    else if (close)
        (void)buf_printf(&hint, "did you mean %s?", close);
    else
        (void)buf_puts(&hint, "the services: ");
    for (size_t i = 0; i < names.len && !close; i++)
        (void)buf_printf(&hint, "%s%s", i ? ", " : "", names.at[i]);
    problems_add(services->problems, true, "zonda run", 0, 0, buf_text(&hint),
                 "there is no service %.64s", name);
    buf_fini(&hint);
    strs_fini(&names);
}

/* --- a part of them --- */

static void want(const struct config *whole, const char *name, struct strs *wanted)
{
    const struct config *config = named(whole, name);
    if (!config || strs_has(wanted, name))
        return;
    strs_push(wanted, name);
    STRS_EACH (other, &config->depends_on)
        want(whole, *other, wanted); /* at most SERVICES_MAX deep: each name comes once */
}

/* Keeps those that were asked for, with what they depend on. */
static void choose(const struct services *services)
{
    const struct strs *names = services->request->services;
    struct config *whole = services->whole;
    struct strs wanted = {0};
    STRS_EACH (name, names) {
        if (!named(whole, *name))
            unknown_service(services, *name);
        want(whole, *name, &wanted);
    }
    for (size_t i = whole->services.len; i-- > 0;) {
        struct config *config = whole->services.at[i];
        if (strs_has(&wanted, config->service))
            continue;
        config_free(config);
        vec_remove(&whole->services, i);
    }
    strs_fini(&wanted);
}

/* Arguments after -- are for the one service that was asked for. */
static void give_arguments(const struct services *services)
{
    const struct strs *arguments = services->request->app_args;
    const struct strs *names = services->request->services;
    struct config *whole = services->whole;
    if (!arguments || !arguments->len || !whole->services.len)
        return;
    struct config *one = names && names->len == 1   ? named(whole, names->at[0])
                         : whole->services.len == 1 ? whole->services.at[0]
                                                    : NULL;
    if (one)
        strs_copy(&one->app_args, arguments);
    else if (!names || names->len != 1)
        problems_add(services->problems, true, "--", 0, 0,
                     "name it: zonda run NAME -- ARGUMENT...; or set args in [service.NAME.run]",
                     "arguments for an app need one service, but there are %zu",
                     whole->services.len);
}

/* Each debugger has a port of its own. */
static void check_debuggers(const struct services *services)
{
    const struct config *whole = services->whole;
    size_t key = (size_t)(schema_find("debug", "port") - SCHEMA);
    for (size_t i = 0; i < whole->services.len; i++)
        for (size_t other = 0; other < i; other++) {
            const struct config *one = whole->services.at[other], *two = whole->services.at[i];
            if (!two->debug.port || one->debug.port != two->debug.port)
                continue;
            struct origin origin = two->origins[key];
            problems_add(services->problems, true, services->shown, origin.line, origin.column,
                         "set a port in [service.NAME.debug], for those that are debugged",
                         "%s and %s have the debugger's port %u", one->service, two->service,
                         (unsigned)two->debug.port);
            return;
        }
}

void services_read(const struct config_request *request, const struct node *root, const char *shown,
                   struct config *config, struct problems *problems)
{
    struct services services = {request, shown, config, problems};
    const struct node *list = node_get(root, SERVICE);
    if (list && fs_is_dir(config->root)) { /* else that is told */
        read_all(&services, list);
        services_order(list, shown, config, problems);
    }
    if (request->services && request->services->len)
        choose(&services);
    check_debuggers(&services);
    give_arguments(&services);
}
