#include <stdio.h>

#include "base/json.h"
#include "command/command.h"
#include "control/control.h"
#include "platform/sysinfo.h"

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

static int run(const struct arguments *arguments)
{
    if (!arguments->json) {
        (void)printf("zonda %s\ncontrol protocol %d\n%s\n%s\n", ZONDA_VERSION, CONTROL_VERSION,
                     COMPILER, sysinfo_system());
        return EXIT_OK;
    }
    struct buf out = BUF_INIT(4096);
    struct json_writer writer = {.out = &out};
    json_object_begin(&writer, NULL);
    json_int(&writer, "v", CONTROL_VERSION);
    json_string(&writer, "version", ZONDA_VERSION);
    json_string(&writer, "compiler", COMPILER);
    json_string(&writer, "system", sysinfo_system());
    json_object_end(&writer);
    (void)puts(buf_text(&out));
    buf_fini(&out);
    return EXIT_OK;
}

const struct command_entry COMMAND_VERSION = {
    .name = "version",
    .usage = "zonda version [--json]",
    .summary = "Show the version of zonda, its compiler and the system",
    .help = "zonda --version does the same.",
    .run = run,
};
