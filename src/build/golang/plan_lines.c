/*
 * `go build -n -a`: a shell script. Files that it writes stand in it ("cat >NAME << 'EOF'", and
 * echo for those of one line; cmd/go, Shell.writeFile), commands stand on lines of their own, and
 * $WORK/bNNN is a package's directory.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/words.h"
#include "build/golang/plan_read.h"

#define WORK "$WORK"

struct script_file {
    char *name; /* "b142/importcfg" */
    const char *text;
    size_t len;
};

struct script {
    struct goplan *plan;
    VEC(struct script_file) files;
    bool linked;
};

static const struct script_file *file_of(const struct script *script, const char *name)
{
    for (size_t i = script->files.len; i-- > 0;)
        if (strcmp(script->files.at[i].name, name) == 0)
            return &script->files.at[i];
    return NULL;
}

/* Takes "cat >$WORK/NAME << 'EOF' # internal" and the text after it; where the script goes on. */
static const char *take_file(struct script *script, const char *line, const char *end)
{
    const char *name = line + strlen("cat >" WORK "/");
    const char *name_end = memchr(name, ' ', (size_t)(end - name));
    const char *text = memchr(line, '\n', (size_t)(end - line));
    if (!name_end || !text || name_end > text)
        return NULL;
    text++;
    const char *mark = text;
    while ((mark = memmem(mark, (size_t)(end - mark), "EOF\n", 4))) {
        if (mark == text || mark[-1] == '\n' || mark[-1] == '}')
            break;
        mark += 4;
    }
    if (!mark)
        return NULL;
    struct script_file *file = vec_add(&script->files);
    *file = (struct script_file){.name = mem_string_n(name, (size_t)(name_end - name)),
                                 .text = text,
                                 .len = (size_t)(mark - text)};
    return mark + 4;
}

/* Takes "echo 'TEXT' > $WORK/NAME # internal". */
static void take_echo(struct script *script, const char *line, size_t len)
{
    static const char BEGIN[] = "echo '", MIDDLE[] = "' > " WORK "/";
    if (len < strlen(BEGIN) || memcmp(line, BEGIN, strlen(BEGIN)) != 0)
        return;
    const char *text = line + strlen(BEGIN), *end = line + len;
    const char *middle = memmem(text, (size_t)(end - text), MIDDLE, strlen(MIDDLE));
    if (!middle)
        return;
    const char *name = middle + strlen(MIDDLE);
    const char *name_end = memchr(name, ' ', (size_t)(end - name));
    struct script_file *file = vec_add(&script->files);
    *file = (struct script_file){
        .name = mem_string_n(name, (size_t)((name_end ? name_end : end) - name)),
        .text = text,
        .len = (size_t)(middle - text)};
}

/* One line of an import configuration: "packagefile path=file" gives the path. */
static char *packagefile(const char *line, size_t len)
{
    static const char WORD[] = "packagefile ";
    size_t word = strlen(WORD);
    if (len <= word || memcmp(line, WORD, word) != 0)
        return NULL;
    const char *equals = memchr(line, '=', len);
    return equals ? mem_string_n(line + word, (size_t)(equals - line) - word) : NULL;
}

typedef VEC(size_t) indices;

/* Packages into found, other lines (comments left out) into rest. False for an unknown package. */
static bool read_importcfg(const struct goplan *plan, const struct script_file *file,
                           indices *found, struct strs *rest)
{
    const char *end = file->text + file->len;
    for (const char *line = file->text; line < end;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t len = (size_t)((stop ? stop : end) - line);
        char *path = packagefile(line, len);
        size_t index = path ? goplan_find(plan, path) : 0;
        bool known = !path || index != GOPLAN_NONE;
        if (path && known)
            vec_push(found, index);
        else if (!path && len > 0 && line[0] != '#')
            strs_push_n(rest, line, len);
        free(path);
        if (!known)
            return false;
        line += len + 1;
    }
    return true;
}

static void refuse(struct gopackage *package, const char *why)
{
    if (!package->why_not)
        package->why_not = mem_string(why);
}

/* "$WORK/b142/importcfg" without "$WORK/". */
static const char *below_work(const char *word)
{
    return strncmp(word, WORK "/", strlen(WORK "/")) == 0 ? word + strlen(WORK "/") : word;
}

/* -trimpath "dir=>name;$WORK/b142=>": the directory below $WORK becomes ours. */
static char *trimpath(const struct goplan *plan, const char *value)
{
    const char *work = strstr(value, WORK "/");
    if (!work)
        return mem_string(value);
    size_t len = strlen(WORK "/") + strcspn(work + strlen(WORK "/"), "/=;");
    return mem_format("%.*s%s%s", (int)(work - value), value, plan->work, work + len);
}

static void read_flags(struct script *script, struct gopackage *package, const struct strs *words,
                       size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        const char *word = words->at[i];
        const char *value = i + 1 < to ? words->at[i + 1] : "";
        if (strcmp(word, "-o") == 0) {
            i++;
        } else if (strcmp(word, "-importcfg") == 0) {
            const struct script_file *file = file_of(script, below_work(value));
            indices imports = {0};
            if (!file || !read_importcfg(script->plan, file, &imports, &package->importmap))
                refuse(package, "imports what go list does not name");
            for (size_t at = 0; at < imports.len; at++)
                vec_push(&package->imports, imports.at[at]);
            vec_fini(&imports);
            i++;
        } else if (strcmp(word, "-embedcfg") == 0) {
            const struct script_file *file = file_of(script, below_work(value));
            free(package->embedcfg); /* of an earlier one */
            package->embedcfg = file ? mem_string_n(file->text, file->len) : NULL;
            i++;
        } else if (strcmp(word, "-trimpath") == 0) {
            char *trim = trimpath(script->plan, value);
            strs_push(&package->flags, word);
            strs_push(&package->flags, trim);
            if (strstr(trim, WORK))
                refuse(package, "has a -trimpath that is not understood");
            free(trim);
            i++;
        } else {
            strs_push(&package->flags, word);
            if (strstr(word, WORK))
                refuse(package, "is compiled with files that only the go command makes");
        }
    }
}

static void check_files(struct gopackage *package, const struct strs *words, size_t from)
{
    VEC_EACH (struct gofile, file, &package->files) {
        if (file->kind != GOFILE_COMPILED)
            continue;
        if (from >= words->len || strcmp(path_base(words->at[from]), file->name) != 0) {
            refuse(package, "is compiled from other files than go list names");
            return;
        }
        from++;
    }
    if (from != words->len)
        refuse(package, "is compiled from other files than go list names");
}

/* Leading NAME=value words into env; the index of the program. */
static size_t skip_env(const struct strs *words, struct strs *env)
{
    size_t at = 0;
    for (; at < words->len && words->at[at][0] != '/' && strchr(words->at[at], '='); at++)
        if (env)
            strs_push(env, words->at[at]);
    return at;
}

static void take_compile(struct script *script, const struct strs *words)
{
    struct goplan *plan = script->plan;
    size_t program = skip_env(words, NULL), pack = 0, index = GOPLAN_NONE;
    for (size_t i = program; i < words->len && !pack; i++) {
        if (strcmp(words->at[i], "-pack") == 0)
            pack = i;
        if (strcmp(words->at[i], "-p") == 0 && i + 1 < words->len)
            index = strcmp(words->at[i + 1], "main") == 0 ? plan->main
                                                          : goplan_find(plan, words->at[i + 1]);
    }
    if (index == GOPLAN_NONE || !plan->packages.at[index].local)
        return;
    struct gopackage *package = &plan->packages.at[index];
    if (pack <= program || package->flags.len) {
        refuse(package, "has a compile line that is not understood");
        return;
    }
    mem_replace(&plan->compiler, words->at[program]);
    read_flags(script, package, words, program + 1, pack);
    check_files(package, words, pack + 1);
    vec_push(&plan->order, index);
}

static int take_link(struct script *script, const struct strs *words, struct err *err)
{
    struct goplan *plan = script->plan;
    size_t program = skip_env(words, &plan->link_env);
    if (program == words->len)
        return err_set(err, ERR_APP, "the link line is not understood");
    mem_replace(&plan->linker, words->at[program]);
    for (size_t i = program + 1; i + 1 < words->len; i++) {
        const char *word = words->at[i];
        if (strcmp(word, "-o") == 0) {
            i++;
        } else if (strcmp(word, "-importcfg") == 0) {
            const struct script_file *file = file_of(script, below_work(words->at[++i]));
            indices linked = {0};
            bool read = file && read_importcfg(plan, file, &linked, &plan->link_lines);
            for (size_t at = 0; at < linked.len; at++)
                vec_push(&plan->linked, linked.at[at]);
            vec_fini(&linked);
            if (!read)
                return err_set(err, ERR_APP, "the link needs what go list does not name");
        } else if (strstr(word, WORK) || strncmp(word, "./", 2) == 0) {
            return err_set(err, ERR_APP, "the link flag %s is not understood", word);
        } else {
            strs_push(&plan->link_flags, word);
        }
    }
    script->linked = true;
    return 0;
}

static int take_command(struct script *script, const char *line, size_t len, struct err *err)
{
    bool compile = memmem(line, len, "/compile -o " WORK, strlen("/compile -o " WORK));
    bool link = memmem(line, len, "/link -o " WORK, strlen("/link -o " WORK));
    if (!compile && !link)
        return 0;
    char *text = mem_string_n(line, len);
    struct strs words = {0};
    int result = words_split(text, &words, err);
    if (result == 0 && link)
        result = take_link(script, &words, err);
    else if (result == 0)
        take_compile(script, &words);
    strs_fini(&words);
    free(text);
    return result;
}

int goplan_read_lines(struct goplan *plan, const char *text, size_t len, struct err *err)
{
    struct script script = {.plan = plan};
    const char *end = text + len;
    int result = 0;
    for (const char *line = text; line && line < end && result == 0;) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        size_t line_len = (size_t)((stop ? stop : end) - line);
        if (line_len > 12 && memcmp(line, "cat >" WORK "/", strlen("cat >" WORK "/")) == 0) {
            line = take_file(&script, line, end);
            continue;
        }
        take_echo(&script, line, line_len);
        result = take_command(&script, line, line_len, err);
        line += line_len + 1;
    }
    if (result == 0 && (!script.linked || !plan->compiler))
        result = err_set(err, ERR_APP, "the output of go build -n is not understood");
    VEC_EACH (struct script_file, file, &script.files)
        free(file->name);
    vec_fini(&script.files);
    return result;
}
