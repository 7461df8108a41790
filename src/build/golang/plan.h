/*
 * The plan: all that is known about building one main package without asking the go command again.
 *
 * It comes from the go command's own words (plan_read.h) and holds, for each package of the module,
 * of go.work and of replace directories ("local": its sources are not below GOROOT or the module
 * cache), the compile line, the files, and two views of what was compiled.
 *
 * The exact view is what `go build` would make of the sources as they were when its key was taken.
 *
 * The served view is what the last build linked. It equals the exact one, or (quick precision) was
 * compiled against export data that differs from the exact one in positions only.
 *
 * All other packages are archives of Go's cache.
 *
 * Ownership: the plan owns everything below it. The loop's thread uses it, or one job of the work
 * queue that the loop's thread waits for; never both. Several main packages may share one: main is
 * an argument of the link, not of the packages.
 */
#ifndef ZONDA_BUILD_GOLANG_PLAN_H
#define ZONDA_BUILD_GOLANG_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/digest.h"
#include "base/strs.h"
#include "base/vec.h"
#include "build/golang/archive.h"
#include "platform/fs.h"

#define GOPLAN_NONE ((size_t)-1)

/* A file of compiled code; ours are removed when nobody uses them any more. */
struct gooutput {
    char *path;
    int users;
    bool ours;
};
struct gooutput *gooutput_new(const char *path, bool ours); /* with one user */
struct gooutput *gooutput_use(struct gooutput *output);
void gooutput_drop(struct gooutput *output); /* NULL is allowed */

/* Text of a source, shared by the versions that look back at it. */
struct gotext {
    char *data;
    size_t len;
    int users;
};
struct gotext *gotext_new(char *data, size_t len); /* data is moved; one user */
struct gotext *gotext_use(struct gotext *text);
void gotext_drop(struct gotext *text); /* NULL is allowed */

enum gofile_kind { GOFILE_COMPILED, GOFILE_IGNORED, GOFILE_EMBEDDED };

struct gofile {
    char *name, *path;
    enum gofile_kind kind;
    struct fs_info info;   /* when it was looked at; kind FS_NONE: not yet */
    struct digest content; /* of all bytes */
    struct digest tokens;  /* GOFILE_COMPILED: tokens and lines; else as content */
    struct digest header;
    struct gotext *text;      /* GOFILE_COMPILED: as it is now */
    struct gotext *reference; /* … as it was for the served export data */
};

enum goview { GOVIEW_EXACT, GOVIEW_SERVED, GOVIEWS };

/* A package, compiled. */
struct gocompiled {
    struct digest key; /* of the sources and of the imports' export data; 0 0: unknown */
    struct gooutput *export, *object;
    struct digest export_digest, object_digest;
    unsigned char print[ARCHIVE_FINGERPRINT_BYTES]; /* of the export data */
};
void gocompiled_copy(struct gocompiled *to, const struct gocompiled *from); /* drops what to had */
void gocompiled_fini(struct gocompiled *compiled);

struct gopackage {
    char *path, *dir;
    char *archive; /* of Go's cache; NULL: none (unsafe) */
    bool local, is_main;
    char *why_not; /* why it cannot be compiled directly: "uses cgo"; NULL: it can */
    /* of local ones */
    struct strs flags;     /* of compile, between its name and the files; "@WORK" is a directory */
    struct strs importmap; /* lines of the import configuration but packagefile */
    char *embedcfg;        /* its text, or NULL */
    VEC(size_t) imports;   /* packages, as the import configuration names them */
    VEC(struct gofile) files;
    struct strs known;         /* names in dir that the go command has seen and that matter */
    struct strs embeds;        /* directories, absolute, that embed patterns look into */
    bool embeds_hidden;        /* … and names that begin with "." or "_" count */
    struct digest embed_names; /* of all names below them */
    struct digest sources;     /* of the files as they were last looked at */
    struct gocompiled view[GOVIEWS];
};

struct goplan;

/* A file whose change makes the plan obsolete: go.mod, go.sum, go.work, vendor/modules.txt, … */
struct goguard {
    char *path;
    struct fs_info info;
    struct digest content;
};

void goguard_add(struct goplan *plan, const char *path); /* once */

struct goplan {
    char *dir;  /* where the go command ran */
    char *work; /* the directory for files on the way */
    char *compiler, *linker;
    struct fs_info compiler_info;   /* when the plan was made */
    VEC(struct gopackage) packages; /* sorted by path */
    VEC(size_t) order;              /* local ones, imports before importers */
    VEC(size_t) linked;             /* packages of the link, as its configuration orders them */
    size_t main;
    struct strs link_flags; /* between -importcfg and the object */
    struct strs link_lines; /* of its configuration but packagefile: modinfo */
    struct strs env;        /* of compile */
    struct strs link_env;   /* NAME=value beside env */
    VEC(struct goguard) guards;
    struct digest key; /* of the go command's environment and of the guards: what the plan is for */
    uint64_t made_ns;  /* wall clock, before the go command looked at anything */
    char obsolete[256]; /* a file changed while the plan was made: which; else empty */
};

void goplan_free(struct goplan *plan); /* NULL is allowed */

/* Index of a package by its import path, or GOPLAN_NONE. */
size_t goplan_find(const struct goplan *plan, const char *path);

/* What the view's key of a package is now: its sources and its imports' export data in that view.
 */
struct digest goplan_key(const struct goplan *plan, size_t package, enum goview view);

/* The files to compile and link against. */
const char *goplan_export(const struct goplan *plan, size_t package, enum goview view);
const char *goplan_object(const struct goplan *plan, size_t package);

/* The export data of some package in the served view is not the exact one. */
bool goplan_is_quick(const struct goplan *plan);
/* The exact view is complete: serve it, and look back at today's sources from now on. */
void goplan_adopt_exact(struct goplan *plan);
void gopackage_refer(struct gopackage *package); /* reference = text, for each file */

/* The digest of what a package is made from, from its files' digests. */
struct digest gopackage_sources(const struct gopackage *package);

#endif
