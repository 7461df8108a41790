/*
 * The port is in use: who has it.
 *
 * An app says so itself before it ends, each in its own words. The port is taken from those words,
 * and its owner from the system, so that the message names what has to be stopped.
 */
#include "engine/state.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "platform/sysinfo.h"

#define COMMAND_SHOWN 120

/* Go: "listen tcp 127.0.0.1:8080: bind: address already in use"; Node: "EADDRINUSE: address already
   in use :::8080"; Python: "[Errno 98] Address already in use", which has no port. */
static const char IN_USE[] = "address already in use";

/* The number behind a ':' at or before end, but not before start, or 0. */
static long port_before(const char *start, const char *end)
{
    while (end > start) {
        const char *digits = end;
        while (digits > start && isdigit((unsigned char)digits[-1]))
            digits--;
        if (digits < end && digits > start && digits[-1] == ':')
            return strtol(digits, NULL, 10);
        end = digits < end ? digits : end - 1;
    }
    return 0;
}

/* The last number behind a ':' of what follows, up to the end of the line; or 0. */
static long port_after(const char *text)
{
    size_t len = strcspn(text, "\r\n");
    return port_before(text, text + len);
}

static long port_in(const char *text)
{
    const char *found = strcasestr(text, IN_USE);
    if (!found)
        return 0;
    const char *line = found;
    while (line > text && line[-1] != '\n')
        line--;
    long port = port_before(line, found);
    return port ? port : port_after(found);
}

void ports_output(struct engine *engine, const char *bytes, size_t len)
{
    size_t room = sizeof engine->last_words - 1;
    size_t keep = len < room ? room - len : 0;
    if (keep < engine->last_words_len) {
        memmove(engine->last_words, engine->last_words + (engine->last_words_len - keep), keep);
        engine->last_words_len = keep;
    }
    size_t take = len < room ? len : room;
    memcpy(engine->last_words + engine->last_words_len, bytes + (len - take), take);
    engine->last_words_len += take;
    engine->last_words[engine->last_words_len] = '\0';
}

void ports_forget(struct engine *engine)
{
    engine->last_words_len = 0;
    engine->last_words[0] = '\0';
}

/* The app's words say that a port is in use; those of some name none. */
static long port_in_use(const struct engine *engine)
{
    long port = port_in(engine->last_words);
    if (!port && engine->service && strcasestr(engine->last_words, IN_USE))
        port = service_port_wanted(engine->service);
    return port > 0 && port <= UINT16_MAX ? port : 0;
}

void ports_explain(struct engine *engine)
{
    static const char WHAT_TO_DO[] = "stop it, or give the app another port";
    char command[COMMAND_SHOWN];
    int pid;
    long port = port_in_use(engine);
    if (!port)
        return;
    if (!sysinfo_port_owner((uint16_t)port, &pid, command, sizeof command)) {
        notice(engine, LOG_WARN, NULL, "port %ld was in use, and is free again", port);
        return;
    }
    bool ours = pid && process_is_ours(pid);
    if (ours)
        notice(engine, LOG_WARN, WHAT_TO_DO, "port %ld is in use by the app's own process %d: %s",
               port, pid, command);
    else if (pid)
        notice(engine, LOG_WARN, WHAT_TO_DO, "port %ld is in use by process %d: %s", port, pid,
               command);
    else
        notice(engine, LOG_WARN, "zonda doctor as root can name it",
               "port %ld is in use by a process of another user", port);
    if (!ours && engine->service)
        service_port_taken(engine->service, (uint16_t)port);
}
