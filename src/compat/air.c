#include "compat/air.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/path.h"
#include "compat/air_parts.h"
#include "config/value.h"

#define QUOTED_MAX ((size_t)64 << 10)

/* --- what the parts share --- */

static void tell(struct air *air, const struct node *node, const struct err *err)
{
    reading_error(air->reading, place_of_value(node), *err->hint ? err->hint : NULL, "%s: %s",
                  node->key, err->message);
}

void air_set_number(struct air *air, const char *section, const char *key, uint64_t number,
                    const struct node *node)
{
    struct err err;
    if (value_set_number(schema_find(section, key), air->config, number, &err) != 0)
        tell(air, node, &err);
    else
        reading_came(air->reading, section, key, node);
}

void air_set_text(struct air *air, const char *section, const char *key, const char *text,
                  const struct node *node)
{
    struct err err;
    if (value_set_string(schema_find(section, key), air->config, text, &err) != 0)
        tell(air, node, &err);
    else
        reading_came(air->reading, section, key, node);
}

void air_set_bool(struct air *air, const char *section, const char *key, bool truth,
                  const struct node *node)
{
    *(bool *)value_at(schema_find(section, key), air->config) = truth;
    reading_came(air->reading, section, key, node);
}

char *air_quote_glob(const char *name)
{
    struct buf out = BUF_INIT(QUOTED_MAX);
    for (; *name; name++) {
        if (strchr("*?[]{}\\", *name))
            (void)buf_putc(&out, '\\');
        (void)buf_putc(&out, *name);
    }
    char *quoted = buf_steal(&out);
    buf_fini(&out);
    return quoted;
}

char *air_extension(const char *text)
{
    text += strspn(text, " \t.");
    size_t len = strlen(text);
    while (len && strchr(" \t", text[len - 1]))
        len--;
    return mem_string_n(text, len);
}

/* --- the root table --- */

static void read_dirs(struct air *air)
{
    const struct node *root = air_get(air, "", "root");
    const struct node *tmp_dir = air_get(air, "", "tmp_dir");
    if (air_has_text(root))
        air_set_text(air, "", "root", root->text, root);
    if (tmp_dir && !*tmp_dir->text)
        reading_warning(air->reading, place_of_value(tmp_dir), "leave it out",
                        "tmp_dir is empty: as with air, it is \"tmp\"");
    air->tmp_dir = path_clean(air_has_text(tmp_dir) ? tmp_dir->text : "tmp");
    mem_replace(&air->config->tmp_dir, air->tmp_dir);
    if (tmp_dir)
        reading_came(air->reading, "", "tmp_dir", tmp_dir);
}

void air_read_root(struct air *air)
{
    const struct node *env_files = air_get(air, "", "env_files");
    const struct node *dangerous = air_get(air, "build", "ignore_dangerous_root_dir");
    read_dirs(air);
    if (env_files) {
        NODES_EACH(file, env_files)
        if (*file->text)
            strs_push(&air->config->env_files, file->text);
        reading_came(air->reading, "", "env_files", env_files);
    }
    if (dangerous)
        air_set_bool(air, "", "allow_dangerous_root", air_is_true(dangerous), dangerous);
}

/* --- the dialect --- */

/* By its keys: more of air's own than of zonda's own. */
static bool recognises(const struct node *root)
{
    int airs = 0, zondas = 0;
    NODES_EACH(table, root)
    {
        airs += !schema_find("", table->key) && air_key("", table->key) != NULL;
        zondas += schema_find("", table->key) && !air_key("", table->key);
        if (table->kind != NODE_TABLE)
            continue;
        NODES_EACH(node, table)
        {
            bool of_air = air_key(table->key, node->key) != NULL;
            bool of_zonda = schema_find(table->key, node->key) != NULL;
            airs += of_air && !of_zonda;
            zondas += of_zonda && !of_air;
        }
    }
    /* The names of the tables build and log are of both; they say nothing. */
    airs -= node_get(root, "build") != NULL;
    airs -= node_get(root, "log") != NULL;
    return airs > zondas;
}

static void read_air(const struct node *root, struct reading *reading)
{
    struct air air = {.reading = reading, .config = reading->config, .root = root};
    air_check(&air);
    air_read_root(&air);
    air_read_build(&air);
    air_read_run(&air);
    air_read_watch(&air);
    air_read_rules(&air);
    air_read_show(&air);
    free(air.tmp_dir);
}

static const char *const file_names[] = {".air.toml", "air.toml", NULL};

const struct config_dialect COMPAT_AIR = {
    .kind = "air",
    .file_names = file_names,
    .dir_variable = "air_wd",
    .recognises = recognises,
    .read = read_air,
};
