/* refresh, as of v1.12.0. */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/path.h"
#include "measure/bench/tool_parts.h"
#include "platform/fs.h"

/* What `refresh init` writes, with the package, the output and the arguments. Strings are written
   as JSON, which YAML reads. */
static void write_config(const struct bench_subject *subject, const char *output, struct buf *out)
{
    struct json_writer writer = {.out = out};
    char *dir = path_dir(output);
    (void)buf_puts(out, "app_root: .\n"
                        "ignored_folders: [vendor, log, logs, tmp, node_modules, bin, templates]\n"
                        "included_extensions: [.go]\n"
                        "build_target_path: ");
    json_string(&writer, NULL, subject->package);
    (void)buf_puts(out, "\nbuild_path: ");
    writer.comma = false;
    json_string(&writer, NULL, dir);
    (void)buf_puts(out, "\nbuild_delay: 200\nbinary_name: ");
    writer.comma = false;
    json_string(&writer, NULL, path_base(output));
    (void)buf_puts(out, "\ncommand_flags: ");
    writer.comma = false;
    json_array_begin(&writer, NULL);
    STRS_EACH (arg, &subject->args)
        json_string(&writer, NULL, *arg);
    json_array_end(&writer);
    (void)buf_puts(out, "\ncommand_env: []\nenable_colors: true\nlog_name: \"\"\n");
    free(dir);
}

static int put_config(const struct bench_subject *subject, const struct bench_place *place,
                      struct err *err)
{
    char *output = tool_output(place, err);
    if (!output)
        return err->code;
    struct buf text = BUF_INIT((size_t)64 << 10);
    char *path = path_join(place->copy, "refresh.yml");
    write_config(subject, place->output, &text);
    int result = fs_write(path, buf_text(&text), text.len, 0644, err);
    buf_fini(&text);
    free(path);
    free(output);
    return result;
}

/* Without a configuration it watches nothing. */
static int plan(const struct bench_subject *subject, const struct bench_place *place,
                struct bench_plan *plan, struct err *err)
{
    static const char *const WORDS[] = {"run", NULL};
    static const char *const OWN[] = {".refresh.yml", ".refresh.yaml", "refresh.yml",
                                      "refresh.yaml", NULL};
    tool_begin(plan, place, WORDS);
    return tool_own_file(place, OWN) ? 0 : put_config(subject, place, err);
}

const struct bench_tool TOOL_REFRESH = {
    .name = "refresh",
    .program = "refresh",
    .module = "github.com/markbates/refresh",
    .plan = plan,
};
