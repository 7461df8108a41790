/* The Go toolchain against what go.mod wants. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "build/golang/gomod.h"
#include "command/doctor/doctor.h"
#include "command/project.h"
#include "platform/fs.h"

#define GO_TIMEOUT_MS 10000

struct version {
    int major, minor, patch;
};

/* "go1.26.8", "1.25", "go1.27rc1"; zeros where text is none. */
static struct version version_of(const char *text)
{
    struct version version = {0};
    if (strncmp(text, "go", 2) == 0)
        text += 2;
    (void)sscanf(text, "%d.%d.%d", &version.major, &version.minor, &version.patch);
    return version;
}

static bool is_older(struct version a, struct version b)
{
    if (a.major != b.major)
        return a.major < b.major;
    return a.minor != b.minor ? a.minor < b.minor : a.patch < b.patch;
}

/* The rest of go.mod's line that begins with word and a blank. False where there is none. */
static bool go_mod_line(const char *root, const char *word, char *value, size_t value_len)
{
    char *path = path_join(root, "go.mod");
    struct buf text = BUF_INIT((size_t)1 << 20);
    struct err ignored;
    size_t len = strlen(word);
    bool found = false;
    if (fs_read(path, &text, &ignored) == 0) {
        for (const char *line = buf_text(&text); *line && !found;) {
            size_t line_len = strcspn(line, "\n");
            if (strncmp(line, word, len) == 0 && line[len] == ' ') {
                size_t value_bytes = strcspn(line + len + 1, " \t\r\n");
                (void)snprintf(value, value_len, "%.*s", (int)value_bytes, line + len + 1);
                found = true;
            }
            line += line_len + (line[line_len] == '\n');
        }
    }
    buf_fini(&text);
    free(path);
    return found;
}

static void compare(struct doctor *doctor, const char *installed, const char *toolchain)
{
    char wanted[64];
    bool can_fetch = strcmp(toolchain, "local") != 0;
    if (!go_mod_line(doctor->root, "go", wanted, sizeof wanted))
        return;
    if (!is_older(version_of(installed), version_of(wanted)))
        doctor_add(doctor, FINDING_OK, "go.mod", NULL, "wants go %s, which %s satisfies", wanted,
                   installed);
    else if (can_fetch)
        doctor_add(doctor, FINDING_WARN, "go.mod",
                   "the first build fetches that toolchain, which takes a while",
                   "wants go %s, installed is %s (GOTOOLCHAIN=%s)", wanted, installed, toolchain);
    else
        doctor_add(doctor, FINDING_FAIL, "go.mod",
                   "install a newer Go, or go env -w GOTOOLCHAIN=auto",
                   "wants go %s, installed is %s, and GOTOOLCHAIN=local forbids another", wanted,
                   installed);
}

/* One line of out from *at on, without its newline; *at moves behind it. */
static void take_line(const char **at, char *line, size_t line_len)
{
    size_t len = strcspn(*at, "\n");
    (void)snprintf(line, line_len, "%.*s", (int)len, *at);
    *at += len + ((*at)[len] == '\n');
}

void check_go(struct doctor *doctor)
{
    static const char *const argv[] = {"go", "env", "GOVERSION", "GOFLAGS", "GOTOOLCHAIN", NULL};
    if (!gomod_is_in(doctor->root)) {
        doctor_add(doctor, FINDING_OK, "go", NULL, "no go.mod here: Go is not needed");
        return;
    }
    struct buf out = BUF_INIT((size_t)1 << 16);
    struct err err = {0};
    char *go = fs_which("go");
    if (!go) {
        doctor_add(doctor, FINDING_FAIL, "go", "install Go, or add its bin directory to PATH",
                   "there is no go command in PATH");
    } else if (doctor_capture(argv, &doctor->env, GO_TIMEOUT_MS, &out, &err)) {
        doctor_add(doctor, FINDING_FAIL, "go", "try it by hand: go version", "%s: %s", go,
                   err.message);
    } else {
        char version[64], flags[512], toolchain[64];
        const char *at = buf_text(&out);
        take_line(&at, version, sizeof version);
        take_line(&at, flags, sizeof flags);
        take_line(&at, toolchain, sizeof toolchain);
        doctor_add(doctor, FINDING_OK, "go", NULL, "%s is %s%s%s", go, version,
                   *flags ? ", GOFLAGS=" : "", flags);
        compare(doctor, version, toolchain);
    }
    free(go);
    buf_fini(&out);
}
